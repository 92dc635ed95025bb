/**
 * A device that writes a log, for tests: real keys, real records, and a shelf of snapshots in place of blobs.
 *
 * @module
 */

import { toHex } from "../src/crypto/encoding.ts";
import type { Bytes } from "../src/crypto/provider.ts";
import { webCryptoProvider } from "../src/crypto/webcrypto.ts";
import { sealKeep } from "../src/key/keep.ts";
import { deriveOwnerKeys, exportOldInboxAndDrop, generateRoot, type OwnerKeys } from "../src/key/schedule.ts";
import type { FollowOptions } from "../src/log/chain.ts";
import { draftEntry } from "../src/log/draft.ts";
import { sealEntry } from "../src/log/entry.ts";
import { sealGenesis } from "../src/log/genesis.ts";
import { makeRekey } from "../src/log/rekey.ts";
import { freeze, packSnapshot, readSnapshot } from "../src/log/snapshot.ts";
import type { Position } from "../src/protocol/record.ts";
import type { Op } from "../src/tree/op.ts";
import { Tree } from "../src/tree/tree.ts";
import { versionOf } from "./ops.ts";

export const provider = webCryptoProvider();

/** A snapshot's gzipped content, and its state hash. */
export async function packed(tree: Tree): Promise<{ content: Bytes; state: Bytes }> {
  const { stream, state } = packSnapshot(provider, freeze(tree));
  const content = new Uint8Array(await new Response(stream).arrayBuffer());
  return { content, state: await state };
}

export class Device {
  /** `u8 kind | body` of each record. */
  readonly records: Bytes[] = [];
  /** Positions after each record. */
  readonly positions: Position[] = [];
  readonly tree = new Tree();
  readonly shelf = new Map<string, Bytes>();
  root: Bytes;
  keys!: OwnerKeys;
  #blobs = 5000;

  private constructor() {
    this.root = generateRoot(provider);
  }

  static async begin(mode: 0 | 1 = 0): Promise<Device> {
    const device = new Device();
    device.keys = await deriveOwnerKeys(provider, device.root);
    const { bytes, position } = await sealGenesis(provider, mode, device.keys.keys, device.keys.sign);
    device.#took(bytes, position);
    return device;
  }

  get position(): Position {
    return this.positions.at(-1)!;
  }

  #took(bytes: Bytes, position: Position): void {
    this.records.push(bytes);
    this.positions.push(position);
  }

  #id(): string {
    return toHex(provider.randomBytes(16));
  }

  /** Appends the ops in as many entries as it takes; returns how many. */
  async append(ops: readonly Op[]): Promise<number> {
    let entries = 0;
    for (let rest = ops; rest.length > 0;) {
      const draft = draftEntry(this.tree, rest);
      rest = rest.slice(draft.taken);
      if (draft.ops.length === 0) continue;
      const entry = { id: this.#id(), device: "d".repeat(32), at: 1764000000000, ops: draft.ops };
      const { bytes, position } = await sealEntry(provider, this.keys, this.position, entry, draft.lists);
      this.#took(bytes, position);
      entries++;
    }
    return entries;
  }

  /** Appends what may be anything, under a clear part that may be wrong. */
  async appendRaw(
    ops: readonly unknown[],
    lists = { added: [], dropped: [], consumed: [] } as Parameters<typeof sealEntry>[4],
  ): Promise<void> {
    const entry = { id: this.#id(), device: "d".repeat(32), at: 0, ops: ops as Op[] };
    const { bytes, position } = await sealEntry(provider, this.keys, this.position, entry, lists);
    this.#took(bytes, position);
  }

  /** Locks, or rotates. Old records stay as they are. */
  async rekey(since: readonly Op[] = []): Promise<void> {
    const root = generateRoot(provider);
    const next = await deriveOwnerKeys(provider, root);
    const { content, state } = await packed(this.tree);
    const descriptor = versionOf(this.#blobs++);
    this.shelf.set(descriptor.blob, content);
    const { folderId, epoch, seq } = this.position;
    const inboxAndDrop = await exportOldInboxAndDrop(provider, this.root);
    const made = await makeRekey(provider, {
      after: this.position,
      before: this.tree,
      snapshot: { descriptor, covers: seq, state, tree: await readSnapshot(provider, new Blob([content]).stream(), state) },
      oldSign: this.keys.sign,
      next,
      keep: await sealKeep(provider, next.keep, { folderId, epoch }, inboxAndDrop),
      since,
      entry: { id: this.#id(), device: "d".repeat(32), at: 0 },
    });
    this.#took(made.rekey.bytes, made.rekey.position);
    this.#took(made.first.bytes, made.first.position);
    this.tree.become(made.tree);
    this.root = root;
    this.keys = next;
  }

  /** How another device with these keys follows. */
  following(...keys: FollowOptions["keys"]): FollowOptions {
    return {
      provider,
      keys: keys.length === 0 ? [this.keys] : keys,
      folderId: this.position.folderId,
      snapshot: ({ blob }) => new Blob([this.shelf.get(blob)!]).stream(),
    };
  }
}
