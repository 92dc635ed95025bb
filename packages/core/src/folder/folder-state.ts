/** From what goes on to the one immutable value that apps see. What did not change is shared with the value before. */
import { isInsecurePage } from "../crypto/platform.ts";
import type { FolderState, FolderStatus, KeyStep, PendingChange } from "../interface/state.ts";
import type { TreeView } from "../interface/tree.ts";
import type { Change } from "../sync/outbox.ts";
import type { FolderSync } from "../sync/folder-sync.ts";
import { hidesTree } from "../sync/trouble.ts";
import { Tree } from "../tree/tree.ts";
import { TreeViews } from "../tree/view.ts";

const NOTHING: TreeView = new TreeViews(new Tree()).current();

export interface StateSources {
  readonly sync: FolderSync;
  readonly folder: string;
  /** Confirmed and pending as one. */
  readonly tree: TreeView;
  readonly keyStep: KeyStep;
  /** Signed out of, or closed: nothing of the folder is here any more. */
  readonly gone: boolean;
}

/** A new state; `last` where nothing in it changed. */
export function folderState({ sync, folder, tree, keyStep, gone }: StateSources, last: FolderState | undefined): FolderState {
  const { replica, access, problem } = sync;
  const position = replica.position;
  const status = statusOf(sync, gone);
  const hidden = hidesNodes(sync, gone);
  const exposed = { remaining: replica.tree.exposed.size, total: Math.max(sync.chronicle.exposedTotal, replica.tree.exposed.size) };
  const next: FolderState = {
    status,
    id: folder,
    epoch: position?.epoch ?? 0,
    seq: position?.seq ?? 0,
    access: access === null ? "none" : access.scope === "owner" ? "write" : "read",
    connection: sync.connection.value,
    tree: hidden ? NOTHING : tree,
    pending: pendingOf(replica.pending, last?.pending),
    exposed: same(last?.exposed, exposed) ? last.exposed : exposed,
    usage: same(last?.usage, sync.usage) ? last.usage : sync.usage,
    keyStep,
    keyId: access?.scope === "owner" ? access.held.keys.keyId : null,
    problem,
    insecurePage: isInsecurePage(),
    syncedAt: sync.syncedAt,
  };
  return same(last, next) ? last : Object.freeze(next);
}

/** Whether nothing of the tree may be seen: names that were verified once are not shown when that no longer holds. */
export function hidesNodes(sync: FolderSync, gone: boolean): boolean {
  return ["none", "locked", "opening"].includes(statusOf(sync, gone)) || hidesTree(sync.problem);
}

function statusOf(sync: FolderSync, gone: boolean): FolderStatus {
  if (gone) return "none";
  if (sync.phase === "locked") return "locked";
  if (sync.phase === "locking") return "locking";
  if (sync.phase === "opening" || sync.replica.position === null) return "opening";
  return sync.isOpenFolder ? "open" : "signed-in";
}

function pendingOf(changes: readonly Change[], last: readonly PendingChange[] | undefined): readonly PendingChange[] {
  if (last !== undefined && last.length === changes.length && changes.every(({ id }, i) => last[i]?.id === id)) return last;
  const known = new Map(last?.map((change) => [change.id, change]));
  return changes.map((change) => known.get(change.id) ?? pendingChange(change));
}

function pendingChange({ id, at, ops }: Change): PendingChange {
  const nodes = ops.flatMap(({ op }) => ("node" in op ? [op.node] : "nodes" in op ? (op.nodes ?? []) : []));
  return { id, at, kind: ops[0]?.op.op ?? "", nodes: [...new Set(nodes)] };
}

function same<T extends object>(a: T | null | undefined, b: T | null | undefined): a is T {
  if (a == null || b == null) return false;
  const [x, y] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return x.length === y.size && x.every(([name, value]) => Object.is(value, y.get(name)));
}
