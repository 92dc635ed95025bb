/**
 * Where an element gets its folder from: its own property, an element with the id that `for` names, or an element around it (context).
 *
 * A source is more than a folder: before there is one it can tell why (nothing chosen yet, being opened, could not be opened), and it makes the folder
 * once something needs it.
 *
 * @module
 */
import { createContext } from "@lit/context";
import type { Folder, FolderStatus, Problem, SignInOptions } from "@keyfold/core";

export interface OpenWithKeyOptions extends SignInOptions {
  /** Open the key's own folder in the place of the one that is shown. */
  anotherFolder?: boolean;
}

export interface FolderSource {
  readonly folder: Folder | null;
  /** The folder's status; `none` or `opening` while there is no folder. */
  readonly status: FolderStatus;
  /** Why there is no folder, where opening it failed. While there is one, its own `state.problem` tells. */
  readonly problem: Problem | null;
  /** Calls back when `folder`, `status` or `problem` became another one. Returns the way to stop. */
  subscribeSource(listener: () => void): () => void;
  /** The folder; made as an open one if there is none yet. Rejects with a `KeyfoldError`. */
  ensureFolder(): Promise<Folder>;
  /** Opens the folder that a key belongs to, or signs in to the one that is shown. Rejects with `wrong-key`, `wrong-folder`, `old-key` … */
  openWithKey(key: Uint8Array, options?: OpenWithKeyOptions): Promise<Folder>;
  /** How long keys stay on this device: what the person chose, or else the `remember` attribute. */
  remember: "none" | "tab" | "device";
  /** Opens it anew after `problem`. */
  retry(): Promise<void>;
}

/** The context that `keyfold-folder` and `keyfold-manager` provide. */
export const folderContext = createContext<FolderSource>(Symbol.for("keyfold-folder"));

/** Whether an element (whatever its tag) is a source: it is, as soon as it is upgraded. */
export function isFolderSource(value: unknown): value is FolderSource {
  return typeof value === "object" && value !== null && "subscribeSource" in value && "ensureFolder" in value;
}
