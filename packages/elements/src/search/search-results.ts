import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Folder, Listing, NodeId, Readable, SortKey, TreeNode } from "@keyfold/core";
import { kindOf } from "../file-actions/file-kind.ts";
import type { FileKind } from "../file-actions/file-kind.ts";
import type { Words } from "../i18n/index.ts";
import { nodeOrder } from "../list/node-order.ts";
import { kindWords, passesChips } from "./folder-search.ts";
import type { SearchQuery } from "./folder-search.ts";

export interface SearchScene {
  readonly folder: Folder;
  readonly query: SearchQuery | null;
  readonly words: Words;
  readonly sort?: SortKey;
  readonly descending?: boolean;
  /** BCP 47 tag, for the order of names. */
  readonly language?: string;
}

/** Follows what a search finds: the listing looks for words; kinds and filters are looked at here. */
export class SearchResults implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #scene: () => SearchScene | null;
  #listing: Readable<Listing> | null = null;
  #stop: (() => void) | null = null;
  #key = "";
  #folder: Folder | null = null;
  #found: { from: Listing; key: string; nodes: readonly TreeNode[] } | null = null;

  constructor(host: ReactiveControllerHost, scene: () => SearchScene | null) {
    this.#host = host;
    this.#scene = scene;
    host.addController(this);
  }

  /** What was found; null while nothing is looked for. */
  get nodes(): readonly TreeNode[] | null {
    const scene = this.#scene();
    this.#follow(scene);
    if (scene === null || scene.query === null || this.#listing === null) return null;
    const from = this.#listing.value;
    const { chips, text, root } = scene.query;
    const key = `${this.#key} ${[...chips].join()} ${text}`;
    if (this.#found?.from !== from || this.#found.key !== key) {
      const kind = kindWords(scene.words.files.kinds)(text);
      const found =
        kind === null ? from.nodes : [...from.nodes, ...ofKind(scene.folder, root, kind, new Set(from.nodes.map((node) => node.id)))];
      const now = Date.now();
      const passing = chips.size === 0 ? found : found.filter((node) => node.kind === "file" && passesChips(node, chips, now));
      const order = nodeOrder({ key: scene.sort ?? "name", descending: scene.descending ?? false }, scene.language ?? "en");
      this.#found = { from, key, nodes: [...passing].sort(order) };
    }
    return this.#found.nodes;
  }

  hostConnected(): void {}

  hostDisconnected(): void {
    this.#stop?.();
    this.#stop = null;
    this.#listing = null;
    this.#key = "";
  }

  #follow(scene: SearchScene | null): void {
    const query = scene?.query ?? null;
    const key =
      scene === null || query === null ? "" : JSON.stringify([query.root, query.text, query.chips.size > 0, scene.sort, scene.descending]);
    if (key === this.#key && this.#folder === (scene?.folder ?? null)) return;
    this.#stop?.();
    this.#stop = null;
    this.#listing = null;
    this.#key = key;
    this.#folder = scene?.folder ?? null;
    if (scene === null || query === null) return;
    const { sort = "name", descending = false, folder } = scene;
    const { root, text } = query;
    // without words there is nothing that a listing would look for: all that is below is taken, and filtered here
    this.#listing = text.trim() === "" ? allBelow(folder, root) : folder.listing({ root, sort, descending, filter: { text } });
    this.#stop = this.#listing.subscribe(() => this.#host.requestUpdate());
  }
}

function allBelow(folder: Folder, root: NodeId | null): Readable<Listing> {
  let version = -1;
  let value: Listing = { nodes: [] };
  return {
    get value() {
      const { tree } = folder.state;
      if (tree.version !== version) {
        version = tree.version;
        value = { nodes: [...tree.descend(root)] };
      }
      return value;
    },
    subscribe: (listener) => folder.subscribe(listener),
  };
}

function ofKind(folder: Folder, root: NodeId | null, kind: FileKind, known: ReadonlySet<NodeId>): readonly TreeNode[] {
  return [...folder.state.tree.descend(root)].filter((node) => kindOf(node) === kind && !known.has(node.id));
}
