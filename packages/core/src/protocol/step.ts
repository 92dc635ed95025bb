/**
 * One step along the chain: from a place in the log, over one record, to the next place (docs/format.md, section 4).
 *
 * A record carries neither its number nor its epoch nor the head before it; they follow from the place. What is signed commits to all three,
 * so a record that was moved, left out, repeated or changed does not verify where it stands. Server and client share this one code.
 *
 * @module
 */

import { isStrictPublicKey } from "../crypto/ed25519-checks.ts";
import { concat, fromHex, toUtf8, u32, u64, u8 } from "../crypto/encoding.ts";
import type { Bytes, Verifier } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { authPubOf, folderIdOf, readAuthPubOf, signPubOf, type Mode } from "./identity.ts";
import type { EntryRecord, GenesisRecord, LogRecord, RekeyRecord, SpineRecord } from "./log-record.ts";

/** A place in the log: after the record `seq`. */
export interface Position {
  /** Hex of 16 bytes. */
  readonly folderId: string;
  readonly epoch: number;
  /** Number of the last record; the genesis has 0. Counts on through epochs. */
  readonly seq: number;
  /** head(seq), 32 bytes: commits to the whole log so far. */
  readonly head: Bytes;
  /** Public keys of the epoch, 128 bytes. */
  readonly keys: Bytes;
}

/** A step whose signatures have not been checked yet. */
export interface Step {
  readonly next: Position;
  /** The signed text M. */
  readonly text: Bytes;
  readonly signatures: readonly { readonly publicKey: Bytes; readonly signature: Bytes }[];
}

/** head(−1) of a log that has no record yet. */
export const firstHead: Bytes = new Uint8Array(32);

const genesisLabel = toUtf8("keyfold/1 genesis\0");
const entryLabel = toUtf8("keyfold/1 entry\0");
const rekeyLabel = toUtf8("keyfold/1 rekey\0");
const headLabel = toUtf8("keyfold/1 head\0");

/** M of a genesis: "keyfold/1 genesis"0 | folderId | mode | keys. */
export function genesisText(folderId: string, mode: Mode, keys: Bytes): Bytes {
  return concat(genesisLabel, fromHex(folderId, 16), u8(mode), keys);
}

/** Associated data of the entry that follows a place: "keyfold/1 entry"0 | folderId | epoch | seq | head(seq−1) | H(clear). */
export function entryAad(after: Position, hashOfClear: Bytes): Bytes {
  return concat(entryLabel, fromHex(after.folderId, 16), u32(after.epoch), u64(after.seq + 1), after.head, hashOfClear);
}

/** M of an entry: its associated data | H(sealed). */
export function entryText(aad: Bytes, hashOfSealed: Bytes): Bytes {
  return concat(aad, hashOfSealed);
}

/** M of the rekey that follows a place: "keyfold/1 rekey"0 | folderId | new epoch | seq | head(seq−1) | new keys. Both signatures are over it. */
export function rekeyText(after: Position, keys: Bytes): Bytes {
  return concat(rekeyLabel, fromHex(after.folderId, 16), u32(after.epoch + 1), u64(after.seq + 1), after.head, keys);
}

/** head(n) = H("keyfold/1 head"0 | head(n−1) | H(M) | signatures). */
export async function headAfter(verifier: Verifier, previous: Bytes, text: Bytes, signatures: readonly Bytes[]): Promise<Bytes> {
  return verifier.sha256(concat(headLabel, previous, await verifier.sha256(text), ...signatures));
}

function badSignature(seq: number): KeyfoldError {
  return new KeyfoldError("tampered", "A record of the folder's history is not signed by the folder's key.", {
    reason: "bad-signature",
    seq,
  });
}

/** Refuses keys that some engines would take and others not: whoever announced them could split the folder's devices. */
function checkKeys(keys: Bytes, seq: number): void {
  if (![signPubOf(keys), authPubOf(keys), readAuthPubOf(keys)].every(isStrictPublicKey)) {
    throw new KeyfoldError("tampered", "A public key in the folder's history is not a proper one.", { reason: "bad-key", seq });
  }
}

/** The step onto a genesis. `folderId` is the folder that is expected, where one is. Throws `wrong-folder`, `tampered` (`bad-key`). */
export async function stepOntoGenesis(verifier: Verifier, record: GenesisRecord, folderId?: string): Promise<Step> {
  const own = await folderIdOf(verifier, record.mode, record.keys);
  if (folderId !== undefined && folderId !== own) {
    throw new KeyfoldError("wrong-folder", "This is the history of another folder.", { reason: "wrong-folder", seq: 0 });
  }
  checkKeys(record.keys, 0);
  const text = genesisText(own, record.mode, record.keys);
  const head = await headAfter(verifier, firstHead, text, [record.signature]);
  return {
    next: { folderId: own, epoch: 0, seq: 0, head, keys: record.keys },
    text,
    signatures: [{ publicKey: signPubOf(record.keys), signature: record.signature }],
  };
}

async function stepOverEntry(verifier: Verifier, from: Position, record: EntryRecord | SpineRecord): Promise<Step> {
  const [hashOfClear, hashOfSealed] =
    record.kind === "spine"
      ? [record.hashOfClear, record.hashOfSealed]
      : await Promise.all([verifier.sha256(record.clear), verifier.sha256(record.sealed)]);
  const text = entryText(entryAad(from, hashOfClear), hashOfSealed);
  const head = await headAfter(verifier, from.head, text, [record.signature]);
  return {
    next: { ...from, seq: from.seq + 1, head },
    text,
    signatures: [{ publicKey: signPubOf(from.keys), signature: record.signature }],
  };
}

async function stepOverRekey(verifier: Verifier, from: Position, record: RekeyRecord): Promise<Step> {
  checkKeys(record.keys, from.seq + 1);
  const text = rekeyText(from, record.keys);
  const head = await headAfter(verifier, from.head, text, [record.oldSignature, record.newSignature]);
  return {
    next: { folderId: from.folderId, epoch: from.epoch + 1, seq: from.seq + 1, head, keys: record.keys },
    text,
    signatures: [
      { publicKey: signPubOf(from.keys), signature: record.oldSignature },
      { publicKey: signPubOf(record.keys), signature: record.newSignature },
    ],
  };
}

/**
 * The step from a place over the record that follows it, signatures still unchecked (`holds` checks them): so that many records can be verified
 * side by side. Throws `tampered` (`bad-signature` for a genesis in the middle, `bad-key`).
 */
export async function stepOver(verifier: Verifier, from: Position, record: LogRecord): Promise<Step> {
  if (record.kind === "genesis") throw badSignature(from.seq + 1); // no genesis is signed for a place after another record
  return record.kind === "rekey" ? stepOverRekey(verifier, from, record) : stepOverEntry(verifier, from, record);
}

/** Checks a step's signatures. Throws `tampered` with reason `bad-signature` and the record's seq. */
export async function holds(verifier: Verifier, step: Step): Promise<Position> {
  const verdicts = await Promise.all(step.signatures.map(({ publicKey, signature }) => verifier.verify(publicKey, signature, step.text)));
  if (!verdicts.every(Boolean)) throw badSignature(step.next.seq);
  return step.next;
}

/** Verifies a genesis. Throws `wrong-folder`, `tampered` (`bad-signature`, `bad-key`). */
export async function verifyGenesis(verifier: Verifier, record: GenesisRecord, folderId?: string): Promise<Position> {
  return holds(verifier, await stepOntoGenesis(verifier, record, folderId));
}

/** Verifies the record that follows a place, and returns the place after it. Throws `tampered` (`bad-signature`, `bad-key`). */
export async function verifyRecord(verifier: Verifier, from: Position, record: LogRecord): Promise<Position> {
  return holds(verifier, await stepOver(verifier, from, record));
}

/** The spine that is kept of an entry whose epoch is over. */
export async function spineOf(verifier: Verifier, record: EntryRecord): Promise<SpineRecord> {
  const [hashOfClear, hashOfSealed] = await Promise.all([verifier.sha256(record.clear), verifier.sha256(record.sealed)]);
  return { kind: "spine", hashOfClear, hashOfSealed, signature: record.signature };
}
