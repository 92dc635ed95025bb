/**
 * Changes to a folder's tree as a person makes them: named by path or node, refused with a reason before anything is made, each with its way back.
 *
 * @module
 */
import { toHex } from "../crypto/encoding.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { Target } from "../interface/folder.ts";
import type { BlobId, FileVersion, NodeId, TreeNode, TreeView } from "../interface/tree.ts";
import type { FolderSync } from "../sync/folder-sync.ts";
import type { Op } from "../tree/op.ts";
import type { Tree } from "../tree/tree.ts";
import * as changes from "./changes.ts";
import { locateDirectory, locateNode, namesOf, topmost } from "./target.ts";
import { UndoStack } from "./undo.ts";

export interface EditingPort {
  readonly provider: CryptoProvider;
  readonly sync: FolderSync;
  /** Confirmed and pending as one. */
  readonly view: () => TreeView;
}

/** Each resolves when the change is shown, and kept durably. */
export class Editing {
  readonly undoing: UndoStack;
  readonly #port: EditingPort;

  constructor(port: EditingPort) {
    this.#port = port;
    const { sync } = port;
    this.undoing = new UndoStack({
      tree: () => sync.replica.tree,
      propose: (ops, left) => sync.propose(ops, left),
      came: (blob) => sync.chronicle.came(blob),
    });
  }

  async createDirectory(path: string | { parent: NodeId | null; name: string }): Promise<TreeNode> {
    const { provider, view } = this.#port;
    const { parent, names } = typeof path === "string" ? this.#missing(path) : { parent: path.parent, names: [path.name] };
    const nodes = names.map(() => toHex(provider.randomBytes(16)));
    await this.undoing.change({ kind: "mkdir", nodes, to: parent }, (tree) => changes.makeDirectories(tree, nodes, parent, names));
    const made = view().get(nodes.at(-1)!);
    if (made === undefined) throw new KeyfoldError("not-found", "The directory was made, and deleted by another device.");
    return made;
  }

  async rename(target: Target, name: string): Promise<void> {
    const { id } = this.#locate(target);
    await this.undoing.change({ kind: "rename", nodes: [id] }, (tree) => changes.rename(tree, id, name));
  }

  async move(targets: readonly Target[], to: string | { node: NodeId | null }): Promise<void> {
    const directory = locateDirectory(this.#port.view(), to)?.id ?? null;
    const nodes = this.ids(targets);
    await this.undoing.change({ kind: "move", nodes, to: directory }, (tree) => changes.move(tree, nodes, directory));
  }

  async trash(targets: readonly Target[]): Promise<void> {
    const nodes = this.ids(targets);
    await this.undoing.change({ kind: "trash", nodes }, (tree) => changes.trash(tree, nodes));
  }

  async restore(targets: readonly Target[]): Promise<void> {
    // What carries a mark of its own does not come back with the directory that it lies in.
    const nodes = [...new Set(targets.map((target) => this.#locate(target).id))];
    await this.undoing.change({ kind: "restore", nodes }, (tree) => changes.restore(tree, nodes));
  }

  async purge(targets: readonly Target[]): Promise<void> {
    const ids = this.ids(targets);
    await this.#change((tree) => changes.purge(tree, ids));
  }

  async emptyTrash(): Promise<void> {
    await this.#change((tree) => changes.purge(tree, changes.trashed(tree)));
  }

  async setMeta(target: Target, meta: Readonly<Record<string, unknown>>): Promise<void> {
    const { id } = this.#locate(target);
    await this.#change((tree) => changes.setMeta(tree, id, meta));
  }

  // versions

  versions(target: Target): readonly FileVersion[] {
    const { versions, current } = this.#locate(target);
    const { chronicle } = this.#port.sync;
    return versions
      .toReversed()
      .map((version) => Object.assign({ current: version.blob === current?.blob, came: chronicle.came(version.blob) }, version));
  }

  async revert(target: Target, version: BlobId): Promise<void> {
    const { id } = this.#locate(target);
    await this.#change((tree) => changes.revert(tree, id, version));
  }

  async deleteVersions(target: Target, versions: readonly BlobId[]): Promise<void> {
    const { id } = this.#locate(target);
    await this.#change((tree) => changes.purgeVersions(tree, id, versions));
  }

  /** Ids of what is named, without what lies below another of them. */
  ids(targets: readonly Target[]): NodeId[] {
    const view = this.#port.view();
    return topmost(
      view,
      targets.map((target) => locateNode(view, target)),
    ).map(({ id }) => id);
  }

  /** A change without a way back. */
  async #change(ops: (tree: Tree) => readonly Op[]): Promise<void> {
    const { sync } = this.#port;
    const { kept } = sync.propose(ops(sync.replica.tree));
    this.undoing.tidy();
    await kept;
  }

  #locate(target: Target): TreeNode {
    return locateNode(this.#port.view(), target);
  }

  /** What of a path is to be made, its last name in any case, and the directory that it begins in. */
  #missing(path: string): { parent: NodeId | null; names: readonly string[] } {
    const names = namesOf(path);
    if (names.length === 0) throw new KeyfoldError("invalid-name", "A directory needs a name.");
    const view = this.#port.view();
    let parent: NodeId | null = null;
    for (let depth = 1; depth < names.length; depth++) {
      const found = view.resolve(`/${names.slice(0, depth).join("/")}`);
      if (found === undefined) return { parent, names: names.slice(depth - 1) };
      if (found?.kind === "file") throw new KeyfoldError("invalid-move", "A file holds no files.");
      parent = found?.id ?? null;
    }
    return { parent, names: names.slice(-1) };
  }
}
