/**
 * The tree as people see it: without the trash, twins told apart, names made visible (interface/tree.ts).
 *
 * @module
 */

import type { Deed, NodeId, TreeNode, TreeView, VersionView } from "../interface/tree.ts";
import { shownName, ShownNames } from "./name.ts";
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
  /** What is listed, in order of creation, and how it is shown. */
  readonly live: readonly Node[];
  readonly nodes: readonly TreeNode[];
  /** The same by id; made when it is asked for. */
  byId: ReadonlyMap<NodeId, TreeNode> | null;
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
  readonly #after: number;
  readonly #listings = new Map<NodeId | null, DirectoryListing>();
  readonly #names = new Map<NodeId | null, ShownNames>();
  #current: TreeView | undefined;

  /** `after`: what versions are above, where the tree takes the place of another one. */
  constructor(tree: Tree, details: ViewDetails = { isPending: () => false, added: () => null, trashed: () => null }, after = 0) {
    this.#tree = tree;
    this.#details = details;
    this.#after = after;
  }

  /** The view of the present state: the same object until the tree changes. */
  current(): TreeView {
    if (this.#current === undefined || this.#current.version !== this.#after + this.#tree.version) this.#current = this.#make();
    return this.#current;
  }

  /** Forgets what was made of the details: after `isPending` or `added` would answer differently without a change of the tree. */
  refresh(): void {
    this.#listings.clear();
    this.#names.clear();
    this.#current = undefined;
  }

  #make(): TreeView {
    const tree = this.#tree;
    const version = this.#after + tree.version;
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
    if (stamp === undefined) return { stamp: 0, live: [], nodes: [], byId: null };
    const known = this.#listings.get(id);
    if (known?.stamp === stamp) return known;
    const live = this.#tree.children(id).filter(({ trashed }) => !trashed);
    let shown = this.#names.get(id);
    if (shown === undefined) this.#names.set(id, (shown = new ShownNames()));
    const names = shown.of(live);
    // Most stand as they stood: what was made of them is used again.
    const before = new Map<Node, TreeNode>();
    for (const [i, node] of (known?.live ?? []).entries()) if (node !== live[i]) before.set(node, known!.nodes[i]!);
    const nodes = live.map((node, i) => {
      const made = known?.live[i] === node ? known.nodes[i] : before.get(node);
      return made !== undefined && this.#isSame(made, names[i]!, node) ? made : this.#view(node, names[i]!);
    });
    const listing: DirectoryListing = { stamp, live, nodes, byId: null };
    this.#listings.set(id, listing);
    return listing;
  }

  /** Whether a node that is the same still looks the same. */
  #isSame(made: TreeNode, displayName: string, node: Node): boolean {
    return (
      made.displayName === displayName && made.exposed === this.#isExposed(node) && made.pending === this.#details.isPending(node.node)
    );
  }

  #isExposed(node: Node): boolean {
    return node.kind === "file" ? exposedIn(node) > 0 : this.#tree.directory(node.node)!.exposed > 0;
  }

  #get(id: NodeId): TreeNode | undefined {
    const node = this.#tree.get(id);
    if (node === undefined) return undefined;
    if (node.trashed) return this.#view(node, shownName(node.name));
    const listing = this.#listing(node.parent);
    return (listing.byId ??= new Map(listing.nodes.map((listed) => [listed.id, listed]))).get(id);
  }

  #view(node: Node, displayName: string): TreeNode {
    const versions = node.versions.map(versionView);
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
      exposed: this.#isExposed(node),
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
