/**
 * A folder to loop over: its changes as they come, its files with their paths.
 *
 * @module
 */
import { cancelled } from "../api/backoff.ts";
import type { FilesQuery, FolderChange, ListedFile } from "../interface/iterate.ts";
import type { NodeId, TreeView } from "../interface/tree.ts";
import type { FolderSync } from "../sync/folder-sync.ts";
import type { Tree } from "../tree/tree.ts";

/** As `Folder.changes`. Ends when the folder is closed. */
export async function* changesOf(
  sync: FolderSync,
  subscribe: (listener: () => void) => () => void,
  signal?: AbortSignal,
): AsyncGenerator<FolderChange, void> {
  let next = Promise.withResolvers<void>();
  const wake = (): void => next.resolve();
  const touched = new Set<NodeId>();
  let all = false;
  let tree: Tree | null = null;
  let unwatch = (): void => undefined;
  const follow = (): void => {
    if (sync.replica.tree === tree) return;
    // Another tree in its place: anything may be otherwise.
    all = tree !== null;
    tree = sync.replica.tree;
    unwatch();
    unwatch = tree.watch((id) => {
      if (id === null) all = true;
      else touched.add(id);
      wake();
    });
  };
  const seqNow = (): number => sync.replica.position?.seq ?? 0;
  const stop = subscribe(wake);
  signal?.addEventListener("abort", wake);
  try {
    follow();
    let seq = seqNow();
    for (;;) {
      if (signal?.aborted === true) throw cancelled(signal);
      follow();
      if (sync.phase === "ended") return;
      if (all || touched.size > 0 || seqNow() !== seq) {
        const change = { seq: (seq = seqNow()), nodes: all ? null : [...touched] };
        all = false;
        touched.clear();
        yield change;
        continue;
      }
      await next.promise;
      next = Promise.withResolvers();
    }
  } finally {
    stop();
    unwatch();
    signal?.removeEventListener("abort", wake);
  }
}

/** As `Folder.files`. */
export function* filesOf(tree: TreeView, { root = null }: FilesQuery): Generator<ListedFile, void> {
  const above = root === null ? [] : tree.path(root).map(({ displayName }) => displayName);
  const paths = new Map<NodeId | null, string>([[root, above.map((name) => `/${name}`).join("")]]);
  for (const node of tree.descend(root)) {
    const path = `${paths.get(node.parent) ?? ""}/${node.displayName}`;
    if (node.kind === "directory") paths.set(node.id, path);
    else yield { node, path };
  }
}
