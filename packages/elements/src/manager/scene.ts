/** What the manager's templates draw from: its state at one moment, and what they may ask of it. */
import type { NodeId, TreeView } from "@keyfold/core";
import type { Words } from "../i18n/index.ts";
import type { Inner } from "./inner.ts";

/** What takes the middle: the folder, the first visit's page, the key's steps, the key entry, or why there is no folder. */
export type Stage = "folder" | "home" | "ceremony" | "entry" | "nothing";

/** What comes up over the page where it has no column. */
export type Sheet = "details" | "code" | "tree";

export type Tab = "files" | "search" | "sends";

export interface ManagerScene {
  readonly inner: Inner;
  readonly words: Words;
  readonly stage: Stage;
  /** One column, with a bar at the bottom. */
  readonly narrow: boolean;
  /** Three columns. */
  readonly wide: boolean;
  /** Anyone with the link can open the folder, or there is none yet. */
  readonly open: boolean;
  readonly locked: boolean;
  readonly opening: boolean;
  readonly hasProblem: boolean;
  readonly tab: Tab;
  readonly sheet: Sheet | null;
  readonly count: TreeView["count"] | null;
  readonly root: NodeId | null;
  readonly current: NodeId | null;
  readonly selection: readonly NodeId[];
  readonly view: "list" | "grid";
  readonly actions: string | null;
  readonly readonly: boolean;

  onGenerate(event: Event): void;
  onEnterKey(event: Event): void;
  onKeyClosed(): void;
  onMakeRoom(event: Event): void;
  onSelect(event: CustomEvent<{ ids: readonly NodeId[] }>): void;
  onNavigate(event: CustomEvent<{ id: NodeId | null }>): void;
  onOpen(event: CustomEvent<{ id: NodeId }>): void;
  deselect(): void;
  raise(sheet: Sheet | null): void;
  newSubfolder(): void;
  more(place: Element): void;
}
