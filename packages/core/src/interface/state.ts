/** What `folder.state` tells: an immutable value, replaced as a whole on every change. */
import type { KeyfoldError } from "../error.ts";
import type { NodeId, TreeView } from "./tree.ts";

/**
 * - `none`: no folder yet (nothing chosen, or this page will make one once it is needed)
 * - `opening`: being found, signed in to, and verified
 * - `open`: not locked; its read key is published; anyone with the link can read it
 * - `locking`: the rekey is on its way
 * - `locked`: locked, and this device has no key to it (the key is asked for)
 * - `signed-in`: locked, and open on this device
 */
export type FolderStatus = "none" | "opening" | "open" | "locking" | "locked" | "signed-in";

export type Connection = "online" | "connecting" | "offline";

/** Something the person must know or decide. `code` is the error's; docs/errors.md has words and button. */
export interface Problem {
  readonly code: KeyfoldError["code"];
  readonly error: KeyfoldError;
  /** Counts for the words: changes waiting, files that did not fit, seq of server and device … Never a name or a key. */
  readonly numbers: Readonly<Record<string, number>>;
  /**
   * What mends it, where that is known:
   * - `give-back`: this device gives the server back what it lost; nobody has to do anything
   * - `adopt`: the person decides (`folder.adopt()`)
   */
  readonly remedy?: "give-back" | "adopt";
  /** Files whose content the server has lost. */
  readonly nodes?: readonly NodeId[];
}

/** A change made here that the server has not confirmed. */
export interface PendingChange {
  readonly id: string;
  readonly at: number;
  /** The op's name: `mkdir`, `rename`, `move`, `trash` … */
  readonly kind: string;
  readonly nodes: readonly NodeId[];
}

/** Re-encryption after a lock: versions that were readable before it. */
export interface Exposed {
  /** Versions still to be sealed anew. */
  readonly remaining: number;
  /** Versions that were exposed when the folder was locked. */
  readonly total: number;
}

/** Bytes of sealed blobs. */
export interface Usage {
  readonly used: number;
  readonly quota: number;
}

/**
 * Where the key stands: `none` → `made` (shown, not kept) → `kept` (saved as file or kit, or copied and checked) → `saved`
 * (the person said so; Sign is enabled) → `signing` → `done`.
 */
export type KeyStep = "none" | "made" | "kept" | "saved" | "signing" | "done";

export interface FolderState {
  readonly status: FolderStatus;
  readonly id: string | null;
  readonly epoch: number;
  /** Seq of the last verified record. */
  readonly seq: number;
  /** What this device may do. An open folder reached by its link is `read`. */
  readonly access: "none" | "read" | "write";
  readonly connection: Connection;
  readonly tree: TreeView;
  readonly pending: readonly PendingChange[];
  readonly exposed: Exposed;
  readonly usage: Usage | null;
  readonly keyStep: KeyStep;
  /** Printed on the kit; lowercase hex. */
  readonly keyId: string | null;
  readonly problem: Problem | null;
  /**
   * The page came over http:// from another machine: whoever is on the network can change its code, and with it read files and key. Everything works,
   * and the person must be told. Keys are bytes there, and stay no longer than the tab.
   */
  readonly insecurePage: boolean;
  /** Milliseconds since 1970 of the last answer that was in step; null before the first. */
  readonly syncedAt: number | null;
}

/** A value with subscribers: fits `useSyncExternalStore`, `shallowRef`, signals. */
export interface Readable<T> {
  readonly value: T;
  /** Calls back after each change, not at once. Returns the way to stop. */
  subscribe(listener: () => void): () => void;
}
