/**
 * Snapshots: the state as lines of canonical JSON, and the hash that stands for it (docs/format.md, section 4).
 *
 * A head line, then a node a line in order of creation; `state` = H(H(line) joined), lines without their LF. Everything goes line by line: a
 * million nodes never stand in one text.
 *
 * @module
 */

import { sha256OfShort } from "../crypto/small-hash.ts";
import { fromUtf8, isHexId, toUtf8 } from "../crypto/encoding.ts";
import type { Bytes, Verifier } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { isDescriptor, type Descriptor } from "../seal/blob.ts";
import { canonical, isJsonObject, isPlainJson, type Json } from "../tree/json.ts";
import type { Node, StandingVersion } from "../tree/node.ts";
import type { VersionDescriptor } from "../tree/op.ts";
import { isKeptKeys, isMeta, isName, readDropTerms, readOrigin, readShareTerms, readVersion } from "../tree/read-op.ts";
import { Tree } from "../tree/tree.ts";
import { linesIn, wholeLines } from "./lines.ts";

const snapshotVersion = 1;
/** Bytes of a line at most; the longest is the first, with 35 for each blob that is gone. Whoever unzips a bomb has no more than this in memory. */
export const lineLimit = 2 ** 28;
/** Lines packed together. */
const batch = 512;

/** The state of one moment. Later changes of the tree do not touch it. */
export interface FrozenTree {
  readonly head: string;
  readonly nodes: readonly Node[];
}

/** Takes the state as it is: a list of the nodes, and the head line. */
export function freeze(tree: Tree): FrozenTree {
  const head = {
    v: snapshotVersion,
    drops: Object.fromEntries(tree.drops),
    keeps: Object.fromEntries(tree.keeps),
    shares: Object.fromEntries(tree.shares),
    snapshots: tree.snapshots,
    spent: [...tree.spentBlobs()].sort(),
  };
  return { head: canonical(head as unknown as Json), nodes: tree.nodes() };
}

// Members in canonical order, so that JSON.stringify writes the canonical form; `meta` alone may hold any keys.

function descriptorForLine({
  blob,
  digest,
  key,
  modified,
  sealedSize,
  size,
  suite,
  thumbnail,
  type,
}: VersionDescriptor): VersionDescriptor {
  const thumb = thumbnail && descriptorForLine(thumbnail);
  return { blob, digest, key, modified, sealedSize, size, suite, thumbnail: thumb, type } as VersionDescriptor;
}

/** A node's line, without LF. */
export function nodeLine(node: Node): string {
  const { from, kind, meta, name, parent, trashed, versions } = node;
  const line = {
    from: from && { drop: from.drop, item: from.item },
    kind,
    meta,
    name,
    node: node.node,
    parent,
    trashed: trashed || undefined,
    versions:
      kind === "directory"
        ? undefined
        : versions.map(({ descriptor, exposed }) => ({ descriptor: descriptorForLine(descriptor), exposed: exposed || undefined })),
  };
  if (meta === undefined) return JSON.stringify(line);
  return canonical(JSON.parse(JSON.stringify(line)) as Json);
}

/** The lines, without LF. */
export function* snapshotLines(frozen: FrozenTree): Generator<string, void, void> {
  yield frozen.head;
  for (const node of frozen.nodes) yield nodeLine(node);
}

/** Hashes lines as they come. */
class StateHash {
  readonly #verifier: Verifier;
  #digests: Bytes = new Uint8Array(32 * 1024);
  #length = 0;
  constructor(verifier: Verifier) {
    this.#verifier = verifier;
  }
  /** A line without its LF. */
  add(line: Uint8Array): void {
    if (this.#length === this.#digests.length) {
      const longer = new Uint8Array(2 * this.#length);
      longer.set(this.#digests);
      this.#digests = longer;
    }
    sha256OfShort(line, this.#digests.subarray(this.#length, (this.#length += 32)));
  }
  result(): Promise<Bytes> {
    return this.#verifier.sha256(this.#digests.subarray(0, this.#length));
  }
}

function* batches<Item>(items: Iterable<Item>): Generator<Item[], void, void> {
  let gathered: Item[] = [];
  for (const item of items) {
    gathered.push(item);
    if (gathered.length === batch) {
      yield gathered;
      gathered = [];
    }
  }
  if (gathered.length > 0) yield gathered;
}

/** `state`: 32 bytes that stand for the whole state. */
export async function stateHash(verifier: Verifier, frozen: FrozenTree): Promise<Bytes> {
  const hash = new StateHash(verifier);
  for (const line of snapshotLines(frozen)) hash.add(toUtf8(line));
  return hash.result();
}

/**
 * The snapshot's content, gzipped, and its `state`, which is known once the stream has been read to its end.
 */
export function packSnapshot(verifier: Verifier, frozen: FrozenTree): { stream: ReadableStream<Bytes>; state: Promise<Bytes> } {
  const hash = new StateHash(verifier);
  const { promise: state, resolve, reject } = Promise.withResolvers<Bytes>();
  state.catch(() => {}); // the stream tells of it too
  const remaining = batches(snapshotLines(frozen));
  const lines = new ReadableStream<Bytes>({
    async pull(controller) {
      try {
        const { value, done } = remaining.next();
        if (done) {
          controller.close();
          resolve(await hash.result());
          return;
        }
        const bytes = toUtf8(value.map((line) => `${line}\n`).join(""));
        for (const line of linesIn(bytes)) hash.add(line);
        controller.enqueue(bytes);
      } catch (error) {
        reject(error);
        throw error;
      }
    },
    cancel: reject,
  });
  return { stream: lines.pipeThrough(new CompressionStream("gzip")) as ReadableStream<Bytes>, state };
}

function differs(cause?: unknown): KeyfoldError {
  return new KeyfoldError("tampered", "A snapshot is not the folder's.", { reason: "snapshot-state", cause });
}

function readVersions(value: unknown): readonly StandingVersion[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const versions: StandingVersion[] = [];
  for (const item of value as unknown[]) {
    const descriptor = isJsonObject(item) ? readVersion(item["descriptor"]) : undefined;
    if (descriptor === undefined) return undefined;
    versions.push((item as { exposed?: unknown }).exposed === true ? { descriptor, exposed: true } : { descriptor });
  }
  return versions;
}

const noVersions: readonly StandingVersion[] = [];

/** `own`: a text for each directory's id, so that its children do not keep one each. */
function readNode(value: unknown, order: number, own: Map<string, string>): Node {
  if (!isJsonObject(value) || !isPlainJson(value)) throw differs();
  const { node, kind, parent, name, trashed, meta, from } = value as Readonly<Record<string, unknown>>;
  const versions = kind === "file" ? readVersions(value["versions"]) : noVersions;
  const origin = from === undefined ? undefined : readOrigin(from);
  const known = typeof parent === "string" ? own.get(parent) : undefined;
  const isShaped =
    isHexId(node) &&
    (kind === "file" || kind === "directory") &&
    (known !== undefined || parent === null || isHexId(parent)) &&
    isName(name) &&
    (meta === undefined || isMeta(meta)) &&
    (origin !== undefined || from === undefined);
  if (!isShaped || versions === undefined) throw differs();
  if (kind === "directory") own.set(node, node);
  // Member by member: of a large folder there are many, and spreading makes each several times.
  const read: { -readonly [Member in keyof Node]: Node[Member] } = {
    order,
    node,
    kind,
    parent: known ?? (parent as string | null),
    name,
    trashed: trashed === true,
    versions,
  };
  if (meta !== undefined) read.meta = meta;
  if (origin !== undefined) read.from = origin;
  return read;
}

/** Fills an empty tree with what the head line says, and the nodes. */
function fill(tree: Tree, head: unknown, nodes: readonly Node[]): void {
  if (!isJsonObject(head) || !isPlainJson(head)) throw differs();
  const { v, drops, keeps, shares, snapshots, spent } = head as Readonly<Record<string, unknown>>;
  if (typeof v === "number" && v > snapshotVersion) {
    throw new KeyfoldError("unsupported-version", "This folder was written by a newer Keyfold. Update.", { reason: "snapshot" });
  }
  const isShaped =
    v === snapshotVersion &&
    isJsonObject(drops) &&
    isJsonObject(keeps) &&
    isJsonObject(shares) &&
    Array.isArray(snapshots) &&
    Array.isArray(spent) &&
    spent.every(isHexId);
  if (!isShaped || !tree.fill(nodes, spent)) throw differs();
  for (const [id, value] of Object.entries(drops)) {
    const terms = isHexId(id) && isJsonObject(value) ? readDropTerms(value) : undefined;
    if (terms === undefined) throw differs();
    tree.setDrop(id, terms);
  }
  for (const [id, value] of Object.entries(shares)) {
    const terms = isHexId(id) && isJsonObject(value) ? readShareTerms(value) : undefined;
    if (terms === undefined) throw differs();
    tree.setShare(id, terms);
  }
  for (const [epoch, keys] of Object.entries(keeps)) {
    if (!/^(0|[1-9][0-9]{0,9})$/.test(epoch) || !isKeptKeys(keys)) throw differs();
    tree.setKeep(Number(epoch), keys);
  }
  const standing: Descriptor[] = [];
  for (const descriptor of snapshots as unknown[]) {
    if (!isDescriptor(descriptor) || !tree.isNewBlob(descriptor.blob)) throw differs();
    tree.stand(descriptor.blob, null);
    standing.push(descriptor);
  }
  tree.setSnapshots(standing);
}

/** Passes a stream on, and tells what it failed with: behind a decompressor that error is not the same any more. */
function watched(stream: ReadableStream<Uint8Array>, failed: (error: unknown) => void): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        failed(error);
        throw error;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/**
 * The tree of a snapshot's gzipped content, given out only when its hash is `state` (32 bytes). No line has more than `longestLine` bytes.
 *
 * Throws `tampered` with reason `snapshot-state`, `unsupported-version`, and what the stream fails with.
 */
export async function readSnapshot(
  verifier: Verifier,
  content: ReadableStream<Uint8Array>,
  state: Bytes,
  longestLine = lineLimit,
): Promise<Tree> {
  let failure: { error: unknown } | undefined;
  const zipped = watched(content, (error) => (failure = { error }));
  const plain = zipped.pipeThrough(new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>);
  const hash = new StateHash(verifier);
  let head: unknown;
  const nodes: Node[] = [];
  const own = new Map<string, string>();
  let isFirst = true;
  try {
    for await (const piece of wholeLines(plain, longestLine)) {
      for (const line of linesIn(piece)) hash.add(line);
      // Decoded together, and parsed line by line: what is no JSON value by itself is none.
      for (const line of fromUtf8(piece.subarray(0, -1)).split("\n")) {
        const value: unknown = JSON.parse(line);
        if (isFirst) head = value;
        else nodes.push(readNode(value, nodes.length, own));
        isFirst = false;
      }
    }
  } catch (error) {
    if (failure !== undefined) throw failure.error;
    throw error instanceof KeyfoldError && error.code === "unsupported-version" ? error : differs(error);
  }
  const found = await hash.result();
  if (found.length !== state.length || found.some((byte, i) => byte !== state[i])) throw differs();
  const tree = new Tree();
  fill(tree, head, nodes);
  return tree;
}
