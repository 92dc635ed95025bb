/**
 * The log's records on the wire: u32 length | u8 kind | body (docs/format.md, section 4).
 *
 * Client and server read and write them with this one code. Nothing here decrypts; decoding only takes bytes apart, `step.ts` verifies.
 *
 * @module
 */

import { concat, readU32, u32, u8 } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { keysLength } from "./identity.ts";
import { entrySize } from "./limits.ts";
import { kindBytes, type LogRecord } from "./log-record.ts";

export * from "./clear.ts";
export * from "./identity.ts";
export * from "./log-record.ts";
export * from "./step.ts";

const signatureLength = 64;
const hashLength = 32;

function malformed(what: string): KeyfoldError {
  return new KeyfoldError("malformed", what, { reason: "malformed" });
}

/** Takes pieces off the front of a body. */
class Body {
  #offset = 0;
  readonly #bytes: Bytes;
  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }
  take(length: number): Bytes {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw malformed("A record of the log ends too early.");
    const piece = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return piece;
  }
  takeCounted(): Bytes {
    return this.take(readU32(this.take(4), 0));
  }
  end(): void {
    if (this.#offset !== this.#bytes.length) throw malformed("A record of the log has bytes after its end.");
  }
}

/** A record of its kind and body. The pieces are views into `body`. Throws `malformed`. */
export function decodeRecordBody(kind: number, body: Bytes): LogRecord {
  const from = new Body(body);
  let record: LogRecord;
  switch (kind) {
    case kindBytes.genesis: {
      const mode = from.take(1)[0]!;
      if (mode !== 0 && mode !== 1) throw malformed("A folder's mode is neither open nor locked.");
      record = { kind: "genesis", mode, keys: from.take(keysLength), signature: from.take(signatureLength) };
      break;
    }
    case kindBytes.entry:
      record = { kind: "entry", clear: from.takeCounted(), sealed: from.takeCounted(), signature: from.take(signatureLength) };
      if (record.sealed.length > entrySize) throw malformed("A record of the log is larger than 256 KiB.");
      break;
    case kindBytes.rekey:
      record = {
        kind: "rekey",
        keys: from.take(keysLength),
        oldSignature: from.take(signatureLength),
        newSignature: from.take(signatureLength),
      };
      break;
    case kindBytes.spine:
      record = {
        kind: "spine",
        hashOfClear: from.take(hashLength),
        hashOfSealed: from.take(hashLength),
        signature: from.take(signatureLength),
      };
      break;
    default:
      throw malformed("A record of the log is of an unknown kind.");
  }
  from.end();
  return record;
}

/** A record of `u8 kind | body`. The pieces are views into `bytes`. Throws `malformed`. */
export function decodeRecord(bytes: Bytes): LogRecord {
  if (bytes.length === 0) throw malformed("A record of the log is empty.");
  return decodeRecordBody(bytes[0]!, bytes.subarray(1));
}

function encodeBody(record: LogRecord): Bytes {
  if (record.kind === "genesis") return concat(u8(record.mode), record.keys, record.signature);
  if (record.kind === "entry") {
    return concat(u32(record.clear.length), record.clear, u32(record.sealed.length), record.sealed, record.signature);
  }
  if (record.kind === "rekey") return concat(record.keys, record.oldSignature, record.newSignature);
  return concat(record.hashOfClear, record.hashOfSealed, record.signature);
}

/** `u8 kind | body` of a record. */
export function encodeRecord(record: LogRecord): Bytes {
  return concat(u8(kindBytes[record.kind]), encodeBody(record));
}

/** A page of encoded records (`u8 kind | body` each): `u32 length` before each. */
export function joinPage(records: readonly Uint8Array[]): Bytes {
  return concat(...records.flatMap((record) => [u32(record.length), record]));
}

/** The encoded records of a page, one after the other, as views into it. Throws `malformed` where it ends inside a record. */
export function* splitPage(page: Bytes): Generator<Bytes, void, void> {
  for (let offset = 0; offset < page.length;) {
    if (offset + 4 > page.length) throw malformed("A page of the log ends inside a length.");
    const end = offset + 4 + readU32(page, offset);
    if (end > page.length) throw malformed("A page of the log ends inside a record.");
    yield page.subarray(offset + 4, end);
    offset = end;
  }
}
