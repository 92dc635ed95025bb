/**
 * The tree as people see it: without the trash, twins told apart, names made visible (interface/tree.ts).
 *
 * @module
 */

import type { Deed, NodeId, TreeNode, TreeView, VersionView } from "../interface/tree.ts";
import { shownName, shownNames } from "./name.ts";
import { exposedIn, sizeOf, type Node, type StandingVersion } from "./node.ts";
import type { Tree } from "./tree.ts";

/** What the log's state does not say of a node. */
export interface ViewDetails {
  /** Whether a node was made or changed here and is not confirmed yet. */
  readonly isPending: (id: NodeId) => boolean;
  /** When and by which device a node was added, where that is known. */
  readonly added: (id: NodeId) => Deed | null;
  /** When and by which device it was put into the trash, where that is known. */
  readonly trashed: (id: NodeId) => Deed | null;
}

interface DirectoryListing {
  readonly stamp: number;
  readonly nodes: readonly TreeNode[];
  readonly byId: ReadonlyMap<NodeId, TreeNode>;
}

function versionView({ descriptor, exposed }: StandingVersion): VersionView {
  return {
    blob: descriptor.blob,
    size: descriptor.size,
    type: descriptor.type ?? "",
    modified: descriptor.modified ?? null,
    exposed: exposed ?? false,
    thumbnail: descriptor.thumbnail?.blob ?? null,
  };
}

/**
 * Makes views of one tree. A directory is listed when it is first asked for, and again only after something in or below it changed.
 *
 * A view reads the tree when it is asked. Nodes it gave out stay as they are; asked again after a change, it answers with what is there now.
 */
export class TreeViews {
  readonly #tree: Tree;
  readonly #details: ViewDetails;
  readonly #listings = new Map<NodeId | null, DirectoryListing>();
  #current: TreeView | undefined;

  constructor(tree: Tree, details: ViewDetails = { isPending: () => false, added: () => null, trashed: () => null }) {
    this.#tree = tree;
    this.#details = details;
  }

  /** The view of the present state: the same object until the tree changes. */
  current(): TreeView {
    if (this.#current === undefined || this.#current.version !== this.#tree.version) this.#current = this.#make();
    return this.#current;
  }

  /** Forgets what was made of the details: after `isPending` or `added` would answer differently without a change of the tree. */
  refresh(): void {
    this.#listings.clear();
    this.#current = undefined;
  }

  #make(): TreeView {
    const tree = this.#tree;
    const { version } = tree;
    const root = tree.directory(null)!;
    const get = (id: NodeId) => this.#get(id);
    const children = (id: NodeId | null) => this.#listing(id).nodes;
    return {
      version,
      count: { files: root.files, directories: root.directories },
      get,
      children,
      childCount: (id) => this.#listing(id).nodes.length,
      path: (id) => this.#path(id),
      resolve: (path) => this.#resolve(path),
      trash: () => [...tree.trashed].reverse().map((id) => get(id)!),
      *descend(id) {
        const waiting = [...children(id)].reverse();
        for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
          yield node;
          if (node.kind === "directory") waiting.push(...[...children(node.id)].reverse());
        }
      },
      size: (id) => tree.directory(id)?.bytes ?? (id === null ? 0 : sizeOf(tree.get(id))),
    };
  }

  #listing(id: NodeId | null): DirectoryListing {
    const stamp = this.#tree.directory(id)?.stamp;
    if (stamp === undefined) return { stamp: 0, nodes: [], byId: new Map() };
    const known = this.#listings.get(id);
    if (known?.stamp === stamp) return known;
    const live = this.#tree.children(id).filter(({ trashed }) => !trashed);
    const names = shownNames(live);
    const nodes = live.map((node, i) => this.#view(node, names[i]!));
    const listing = { stamp, nodes, byId: new Map(nodes.map((node) => [node.id, node])) };
    this.#listings.set(id, listing);
    return listing;
  }

  #get(id: NodeId): TreeNode | undefined {
    const node = this.#tree.get(id);
    if (node === undefined) return undefined;
    return node.trashed ? this.#view(node, shownName(node.name)) : this.#listing(node.parent).byId.get(id);
  }

  #view(node: Node, displayName: string): TreeNode {
    const versions = node.versions.map(versionView);
    const isExposed = node.kind === "file" ? exposedIn(node) > 0 : this.#tree.directory(node.node)!.exposed > 0;
    return {
      id: node.node,
      kind: node.kind,
      parent: node.parent,
      name: node.name,
      displayName,
      trashed: node.trashed,
      trashedBy: node.trashed ? this.#details.trashed(node.node) : null,
      versions,
      current: versions.at(-1) ?? null,
      fromDrop: node.from !== undefined,
      added: this.#details.added(node.node),
      exposed: isExposed,
      pending: this.#details.isPending(node.node),
      meta: node.meta ?? null,
    };
  }

  #path(id: NodeId): readonly TreeNode[] {
    const path: TreeNode[] = [];
    for (let node = this.#get(id); node !== undefined; node = node.parent === null ? undefined : this.#get(node.parent)) path.push(node);
    return path.reverse();
  }

  #resolve(path: string): TreeNode | null | undefined {
    let at: TreeNode | null = null;
    for (const name of path.split("/").filter((segment) => segment !== "")) {
      if (at !== null && at.kind !== "directory") return undefined;
      const nodes: readonly TreeNode[] = this.#listing(at?.id ?? null).nodes;
      const found: TreeNode | undefined = nodes.find(({ displayName }) => displayName === name) ?? nodes.find((node) => node.name === name);
      if (found === undefined) return undefined;
      at = found;
    }
    return at;
  }
}
