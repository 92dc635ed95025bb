/**
 * Laws of several devices: whatever each does while it is offline, in whatever order what they did meets, they end with one state, it is a tree, and
 * nothing that was acknowledged is lost.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { freeze, snapshotLines } from "../../src/log/snapshot.ts";
import { draftEntry } from "../../src/log/draft.ts";
import { LogFollower } from "../../src/log/chain.ts";
import { joinPage } from "../../src/protocol/record.ts";
import { Difference, differenceOfStates, noting } from "../../src/tree/difference.ts";
import { foldValue } from "../../src/tree/fold.ts";
import { blobsOf, type Op } from "../../src/tree/op.ts";
import { rebase, seenBy, type PendingOp, type Settlement } from "../../src/tree/rebase.ts";
import { levelsLimit, Tree, type Mark } from "../../src/tree/tree.ts";
import { anyOp, idOf, name, versionOf } from "../ops.ts";
import { law, type Law } from "./law.ts";
import { provider, World, WorldDevice } from "./world.ts";

const device = fc.nat({ max: 3 });
const node = fc.nat({ max: 9 }).map(idOf);
const parent = fc.option(node);

/** What looks like an op and is none, or one that no honest device makes: circles, purged ancestors, ids that are taken. */
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: anyOp },
  { weight: 2, arbitrary: node.map((id) => ({ op: "move", node: id, parent: id })) },
  { weight: 2, arbitrary: fc.tuple(node, node).map(([a, b]) => ({ op: "purge", nodes: [a, b, a] })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(anyOp, fc.constantFrom("op", "node", "parent", "version", "nodes", "__proto__"), fc.jsonValue())
      .map(([op, key, value]) => Object.assign({}, op, { [key]: value })),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);

type Step =
  | { readonly kind: "make"; readonly device: number; readonly ops: readonly Op[] }
  | { readonly kind: "upload"; readonly device: number; readonly parent: string | null; readonly name: string }
  | { readonly kind: "pull" | "send" | "sync" | "reload"; readonly device: number }
  | { readonly kind: "hostile"; readonly ops: readonly unknown[] };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("make" as const), device, ops: fc.array(anyOp, { minLength: 1, maxLength: 5 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("upload" as const), device, parent, name }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("pull" as const), device }) },
  // A send without a pull: the answer is lost, or comes late.
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("send" as const), device }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("sync" as const), device }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reload" as const), device }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("hostile" as const), ops: fc.array(hostile, { minLength: 1, maxLength: 4 }) }) },
);

/** The upload of a step: ids that nobody else draws. */
function uploadOp(index: number, { parent: to, name: called }: Extract<Step, { kind: "upload" }>): Op {
  return { op: "add", node: idOf(0x1000 + index), parent: to, name: called, version: versionOf(0x1000 + index) };
}

/** No circle, no orphan, nothing too deep, no blob twice; and what is kept beside the nodes fits them. */
function assertTree(tree: Tree): void {
  const nodes = tree.nodes();
  const copy = new Tree();
  ok(copy.fill(nodes, []), "the nodes are a tree");
  for (const { node: id, parent: above } of nodes) {
    ok(above === null || tree.get(above)?.kind === "directory", "a parent is a directory");
    ok(tree.levelOf(id) <= levelsLimit, "levels end");
    ok(
      tree.children(above).some((child) => child.node === id),
      "a parent knows its child",
    );
  }
  for (const id of [null, ...nodes.filter(({ kind }) => kind === "directory").map(({ node: each }) => each)]) {
    const { files, directories, bytes, exposed } = tree.directory(id)!;
    const anew = copy.directory(id)!;
    deepStrictEqual(
      { files, directories, bytes, exposed },
      { files: anew.files, directories: anew.directories, bytes: anew.bytes, exposed: anew.exposed },
    );
  }
  for (const { versions } of nodes)
    for (const { descriptor } of versions) for (const blob of blobsOf(descriptor)) ok(tree.isStanding(blob));
}

const lines = (tree: Tree): string[] => [...snapshotLines(freeze(tree))];

/** What may take a blob away. */
const takesAway: ReadonlySet<unknown> = new Set(["purge", "reseal", "snapshot"]);
const opName = (value: unknown): unknown => (typeof value === "object" && value !== null ? (value as { op?: unknown }).op : undefined);

/** A device over the bare fold and rebase: many more steps in the same time. */
class Bare {
  readonly tree = new Tree();
  readonly #log: readonly (readonly unknown[])[];
  #at = 0;
  #pending: PendingOp[] = [];
  #base: Mark | null = null;
  #drawn = 0;
  readonly #number: number;
  readonly told: Settlement[] = [];

  constructor(log: readonly (readonly unknown[])[], number: number) {
    this.#log = log;
    this.#number = number;
  }

  get pending(): number {
    return this.#pending.length;
  }

  readonly #newId = (): string => idOf(0x100_0000 * (this.#number + 1) + this.#drawn++);

  make(op: Op): void {
    const mark = this.tree.mark();
    const seen = seenBy(this.tree, op);
    const { ops } = rebase(this.tree, [seen === undefined ? { op } : { op, seen }], this.#newId);
    if (ops.length === 0) this.tree.undo(mark);
    else this.#base ??= mark;
    this.#pending.push(...ops);
  }

  #beneath(work: () => void): void {
    if (this.#base !== null) this.tree.undo(this.#base);
    this.#base = null;
    work();
    const mark = this.tree.mark();
    const { ops, report } = rebase(this.tree, this.#pending, this.#newId);
    this.told.push(...report);
    this.#pending = [...ops];
    if (ops.length === 0) this.tree.undo(mark);
    else this.#base = mark;
  }

  pull(): void {
    this.#beneath(() => {
      for (; this.#at < this.#log.length; this.#at++) for (const value of this.#log[this.#at]!) foldValue(this.tree, value);
    });
  }

  /** The next entry, where this device knows all there is. Its clear part is the difference of the states. */
  draft(): readonly Op[] | null {
    if (this.#at !== this.#log.length || this.#pending.length === 0) return null;
    let entry: readonly Op[] = [];
    this.#beneath(() => {
      const before = lines(this.tree);
      const mark = this.tree.mark();
      const draft = draftEntry(
        this.tree,
        this.#pending.map(({ op }) => op),
      );
      this.tree.undo(mark);
      deepStrictEqual(lines(this.tree), before);
      const difference = new Difference();
      const again = this.tree.mark();
      ok(noting(this.tree, difference, () => draft.ops.every((op) => foldValue(this.tree, JSON.parse(JSON.stringify(op))))));
      deepStrictEqual(difference.lists(), draft.lists);
      this.tree.undo(again);
      this.#pending = this.#pending.slice(draft.taken);
      entry = draft.ops;
    });
    return entry;
  }
}

export const convergenceLaws: readonly Law[] = [
  law(
    "come to one tree by the bare fold, whatever is folded when, and lose no upload",
    150,
    [fc.array(step, { maxLength: 80 })],
    (steps) => {
      const log: (readonly unknown[])[] = [];
      const devices = [0, 1, 2, 3].map((number) => new Bare(log, number));
      const send = (one: Bare): void => {
        const entry = one.draft();
        if (entry !== null) log.push(entry);
        one.pull();
      };
      const uploads: string[] = [];
      for (const [i, one] of steps.entries()) {
        if (one.kind === "hostile") {
          log.push(JSON.parse(JSON.stringify(one.ops)) as unknown[]);
          continue;
        }
        const on = devices[one.device]!;
        if (one.kind === "make") one.ops.forEach((op) => on.make(op));
        else if (one.kind === "upload") {
          const op = uploadOp(i, one);
          on.make(op);
          if (op.op === "add" && on.tree.get(op.node) !== undefined) uploads.push(op.version.blob);
        } else if (one.kind === "pull") on.pull();
        else if (one.kind === "send" || one.kind === "sync") {
          if (one.kind === "sync") on.pull();
          send(on);
        }
      }
      for (const one of devices) for (one.pull(); one.pending > 0;) send(one);
      for (const one of devices) one.pull();

      // From nothing, entry by entry: only what may take a blob away does.
      const tree = new Tree();
      for (const entry of log) {
        for (const value of entry) {
          const difference = new Difference();
          noting(tree, difference, () => foldValue(tree, value));
          if (!takesAway.has(opName(value))) strictEqual(difference.dropped.size, 0);
        }
      }
      assertTree(tree);
      for (const one of devices) deepStrictEqual(lines(one.tree), lines(tree));
      const refused = devices.some(({ told }) => told.some(({ outcome }) => outcome === "refused"));
      for (const blob of uploads) ok(refused || !tree.isNewBlob(blob), "an upload is in the history");
    },
  ),

  law(
    "end with the same state hash over real records, through lost answers and pages that die, and every change is settled once",
    25,
    [fc.array(step, { maxLength: 40 })],
    async (steps) => {
      const world = await World.begin();
      const devices = [0, 1, 2, 3].map(() => new WorldDevice(world));
      for (const one of devices) await one.pull();
      const made = devices.map(() => new Set<string>());
      const uploads: { readonly id: string; readonly device: number; readonly blob: string }[] = [];
      for (const [i, one] of steps.entries()) {
        if (one.kind === "hostile") {
          await world.appendAnything(one.ops);
          continue;
        }
        const on = devices[one.device]!;
        if (one.kind === "make" || one.kind === "upload") {
          const ops = one.kind === "make" ? one.ops : [uploadOp(i, one)];
          const id = on.make(ops);
          if (id === null) continue;
          made[one.device]!.add(id);
          const [op] = ops;
          if (one.kind === "upload" && op?.op === "add") uploads.push({ id, device: one.device, blob: op.version.blob });
        } else if (one.kind === "pull") await on.pull();
        else if (one.kind === "send") await on.send();
        else if (one.kind === "reload") on.reload();
        else {
          await on.pull();
          await on.send();
          await on.pull();
        }
      }
      for (const one of devices) await one.finish();
      for (const one of devices) await one.finish();

      const fresh = new WorldDevice(world);
      await fresh.pull();
      const { tree } = fresh.replica;
      assertTree(tree);
      for (const [i, one] of devices.entries()) {
        strictEqual(await one.state(), await fresh.state());
        deepStrictEqual(new Set(one.settled.keys()), made[i]);
      }
      for (const { id, device: at, blob } of uploads) {
        const { settled, told } = devices[at]!;
        if (settled.get(id) === "confirmed") ok(!tree.isNewBlob(blob), "what was acknowledged is in the history");
        else ok(told.length > 0 || !tree.isNewBlob(blob), "what was not says so");
      }
    },
  ),

  law(
    "follow the log to the same state, however it is cut into pages",
    15,
    [fc.array(fc.array(hostile, { minLength: 1, maxLength: 6 }), { maxLength: 30 }), fc.array(fc.nat({ max: 7 }))],
    async (entries, cuts) => {
      const world = await World.begin();
      for (const ops of entries) await world.appendAnything(ops);
      const follow = async (sizes: readonly number[]): Promise<Tree> => {
        const follower = new LogFollower({
          provider,
          keys: [world.keys],
          folderId: world.positions[0]!.folderId,
          snapshot: () => new ReadableStream(),
        });
        for (let at = 0, page = 0; at < world.records.length; page++) {
          const size = 1 + (sizes[page] ?? world.records.length);
          await follower.page(joinPage(world.records.slice(at, at + size)));
          at += size;
        }
        deepStrictEqual(follower.finish(), { status: "current" });
        return follower.tree;
      };
      const [whole, cut] = [await follow([]), await follow(cuts)];
      deepStrictEqual(lines(cut), lines(whole));
      deepStrictEqual(differenceOfStates(whole, cut).lists(), { added: [], dropped: [], consumed: [] });
      assertTree(whole);
    },
  ),
];
