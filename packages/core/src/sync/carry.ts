/**
 * What a device had that is not in the history it adopts, as changes to be made there (docs/format.md, section 4, "Rollback").
 *
 * Changes since the last common place are carried one by one, rebased like any that came late. Where that place lies before what this device kept of its
 * history, what stands here and never stood there is added too. What cannot be carried is listed.
 *
 * @module
 */
import type { CryptoProvider } from "../crypto/provider.ts";
import { toHex } from "../crypto/encoding.ts";
import type { LostChange } from "../interface/folder.ts";
import type { LogKeys } from "../log/chain.ts";
import type { Descriptor } from "../seal/blob.ts";
import type { Add, Op, Replace } from "../tree/op.ts";
import { rebase, seenBy, type PendingOp } from "../tree/rebase.ts";
import type { Tree } from "../tree/tree.ts";
import { descriptorsIn } from "./blob-return.ts";
import { openedEntries } from "./give-back.ts";
import type { KeptRecord } from "./kept-records.ts";
import type { Change } from "./outbox.ts";

export interface CarryPort {
  readonly provider: CryptoProvider;
  /** Keys of the epochs that this device reads. */
  readonly keys: readonly LogKeys[];
  /** This device's confirmed state. */
  readonly mine: Tree;
  /** The adopted state. */
  readonly theirs: Tree;
  /** This device's records since the last common place, or all that it kept. */
  readonly records: readonly KeptRecord[];
  /** Whether that place is known. */
  readonly common: boolean;
  /** Whether the server has a blob, or has it again now. */
  readonly hasBlob: (descriptor: Descriptor) => Promise<boolean>;
}

export interface Carried {
  readonly changes: readonly Change[];
  readonly lost: readonly LostChange[];
}

/** Ops in a change at most. */
const OPS_A_CHANGE = 500;

export async function carry(port: CarryPort): Promise<Carried> {
  const { provider, mine, theirs, records, common } = port;
  const lost: LostChange[] = [];
  const entries = await openedEntries(port, records);
  const made = [...(common ? [] : [{ at: entries[0]?.at ?? Date.now(), ops: missingIn(theirs, mine) }]), ...entries];
  const changes: Change[] = [];
  const there = await whatIsThere(
    port,
    made.flatMap(({ ops }) => ops.flatMap(descriptorsIn)),
  );
  for (const { at, ops } of made) {
    const carried: PendingOp[] = [];
    for (const op of ops) {
      const kept = withContent(op, there);
      if (kept === "lost") lost.push({ ...aboutOf(mine, op), reason: "content-lost" });
      else if (kept !== null) carried.push(withSeen(mine, kept));
    }
    for (let from = 0; from < carried.length; from += OPS_A_CHANGE) {
      const id = toHex(provider.randomBytes(16));
      changes.push({ id, at, ops: carried.slice(from, from + OPS_A_CHANGE) });
    }
  }
  // Of what was deleted here since nothing is lost; and what is lost is told once.
  const content = lost.filter(({ node }) => node === null || mine.get(node) !== undefined);
  const told = new Set(content.map(({ node }) => node));
  const others = impossible(theirs, mine, changes, provider).filter(
    ({ node }) => node === null || (mine.get(node) !== undefined && !told.has(node)),
  );
  return { changes, lost: [...content, ...others] };
}

/** Requests for blobs at a time. */
const ABREAST = 6;

/** The blobs of these that can stand there: they stand or stood in that history, or the server has them. */
async function whatIsThere({ theirs, hasBlob }: CarryPort, descriptors: readonly Descriptor[]): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  const waiting = descriptors[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (const descriptor of waiting) {
      if (!theirs.isNewBlob(descriptor.blob) || (await hasBlob(descriptor))) there.add(descriptor.blob);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, work));
  return there;
}

/** Ops that say nothing outside the chain they were made in. */
const BOUND: ReadonlySet<Op["op"]> = new Set(["snapshot", "keep", "forget", "expose"]);

/** The op as it can be made there; null where it has no business there; `lost` where the server has lost its content. */
function withContent(op: Op, there: ReadonlySet<string>): Op | "lost" | null {
  if (BOUND.has(op.op)) return null;
  if (op.op === "reseal") return descriptorsIn(op).every(({ blob }) => there.has(blob)) ? op : null;
  if (op.op !== "add" && op.op !== "replace") return op;
  if (!there.has(op.version.blob)) return "lost";
  const { thumbnail, ...bare } = op.version;
  if (thumbnail === undefined || there.has(thumbnail.blob)) return op;
  return { ...op, version: bare } satisfies Add | Replace;
}

function withSeen(mine: Tree, op: Op): PendingOp {
  const seen = seenBy(mine, op);
  return seen === undefined ? { op } : { op, seen };
}

/** Nodes that stand in one state and never stood in the other, in order of creation. */
function missingIn(theirs: Tree, mine: Tree): Op[] {
  const ops: Op[] = [];
  // Last: what lies below could not be made in the trash.
  const trash: Op[] = [];
  for (const { node, kind, parent, name, trashed, versions, from, meta } of mine.nodes()) {
    if (theirs.get(node) !== undefined) continue;
    if (kind === "directory") ops.push({ op: "mkdir", node, parent, name });
    const fresh = versions.map(({ descriptor }) => descriptor).filter(({ blob }) => theirs.isNewBlob(blob));
    // Deleted for ever there.
    if (kind === "file" && fresh.length < versions.length) continue;
    for (const [i, version] of fresh.entries()) {
      if (i === 0) ops.push({ op: "add", node, parent, name, version, ...(from === undefined ? {} : { from }) });
      else ops.push({ op: "replace", node, base: fresh[i - 1]!.blob, version });
    }
    if (meta !== undefined) ops.push({ op: "meta", node, meta });
    if (trashed) trash.push({ op: "trash", node });
  }
  return [...ops, ...trash];
}

function aboutOf(mine: Tree, op: Op): Omit<LostChange, "reason"> {
  const node = "node" in op ? op.node : null;
  const name = node === null ? null : (mine.get(node)?.name ?? ("name" in op ? op.name : null));
  return { kind: op.op, node, name };
}

/** Changes that come to nothing there, tried in order. */
function impossible(theirs: Tree, mine: Tree, changes: readonly Change[], provider: CryptoProvider): LostChange[] {
  const ops = changes.flatMap((change) => change.ops);
  const mark = theirs.mark();
  const { report } = rebase(theirs, ops, () => toHex(provider.randomBytes(16)));
  theirs.undo(mark);
  return report.flatMap(({ index, outcome }) =>
    outcome === "gone" || outcome === "refused" ? [{ ...aboutOf(mine, ops[index]!.op), reason: outcome }] : [],
  );
}
