/** What a list is put together from: keys, rows, actions and drawing work with it. */
import type { ReactiveControllerHost } from "lit";
import type { Folder, FolderStatus, NodeId, TreeNode } from "@keyfold/core";
import type { KeyfoldMenu } from "../file-actions/menu.ts";
import type { NodeActions } from "../file-actions/node-actions.ts";
import type { Formats, Words } from "../i18n/index.ts";
import type { KeyfoldLookOver } from "../uploader/look-over.ts";
import type { CardsAcross } from "./cards-across.ts";
import type { Choosing } from "./choosing.ts";
import type { DropPlaces } from "./drop-places.ts";
import type { GridFocus } from "./grid-focus.ts";
import type { LastChange } from "./last-change.ts";
import type { ListPlace } from "./list-place.ts";
import type { Sort } from "./node-order.ts";
import type { Renaming } from "./renaming.ts";
import type { ShownNodes } from "./shown-nodes.ts";
import type { Thumbnails } from "./thumbnails.ts";
import type { WindowedRows } from "./windowed-rows.ts";

/** How things stand at the moment. */
export interface ListNow extends ListPlace {
  readonly words: Words;
  readonly format: Formats;
  readonly folder: Folder | null;
  readonly status: FolderStatus;
  readonly view: "list" | "grid";
  readonly sort: Sort;
  /** The page's wish. */
  readonly readonly: boolean;
  /** Whether the folder may be changed here. */
  readonly mayChange: boolean;
  /** Action ids that are offered; null for all. */
  readonly allowed: ReadonlySet<string> | null;
}

export interface ListParts {
  readonly host: ReactiveControllerHost & HTMLElement;
  readonly acting: NodeActions;
  readonly cards: CardsAcross;
  readonly choosing: Choosing;
  readonly drops: DropPlaces;
  readonly focus: GridFocus;
  readonly lastChange: LastChange;
  readonly renaming: Renaming;
  readonly shown: ShownNodes;
  readonly thumbnails: Thumbnails;
  readonly windowed: WindowedRows;
  now(): ListNow;
  menu(): KeyfoldMenu;
  lookOver(): KeyfoldLookOver;
  open(node: TreeNode): void;
  navigate(id: NodeId | null): void;
  show(view: "list" | "grid"): void;
  sortBy(sort: Sort): void;
  showShortcuts(): void;
}
