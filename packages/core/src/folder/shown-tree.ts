/** The folder's tree as it is shown: confirmed and pending as one. */
import type { Deed, NodeId, TreeView } from "../interface/tree.ts";
import type { FolderSync } from "../sync/folder-sync.ts";
import type { Tree } from "../tree/tree.ts";
import { TreeViews } from "../tree/view.ts";

/** Views count on where another tree takes the place of the one before: a version never stands for two contents. */
export class ShownTree {
  readonly #sync: FolderSync;
  #of: Tree | null = null;
  #views: TreeViews | null = null;

  constructor(sync: FolderSync) {
    this.#sync = sync;
  }

  get current(): TreeView {
    const { tree } = this.#sync.replica;
    if (this.#views === null || this.#of !== tree) {
      const isPending = (id: NodeId): boolean => this.#sync.replica.isPending(id);
      const added = (id: NodeId): Deed | null => this.#sync.chronicle.added(id);
      const trashed = (id: NodeId): Deed | null => this.#sync.chronicle.trashMark(id)?.deed ?? null;
      const after = this.#views === null ? 0 : this.#views.current().version + 1;
      this.#of = tree;
      this.#views = new TreeViews(tree, { isPending, added, trashed }, after);
    }
    return this.#views.current();
  }
}
