/**
 * Bytes and their written forms: hexadecimal, base64url, big-endian integers, UTF-8.
 *
 * Every decoder is strict: one value has one written form, anything else throws `malformed`. Signed and hashed bytes depend on it.
 *
 * @module
 */

import { KeyfoldError } from "../error.ts";
import type { Bytes } from "./provider.ts";

function malformed(what: string): KeyfoldError {
  return new KeyfoldError("malformed", what);
}

/** The byte strings joined, in a new buffer. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

const hexOfByte: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lowercase hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += hexOfByte[byte];
  return text;
}

function nibble(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  throw malformed("A hexadecimal value has a character outside 0-9 and a-f.");
}

/** Bytes of lowercase hexadecimal; of exactly `length` bytes where one is given. Throws `malformed`. */
export function fromHex(text: string, length?: number): Bytes {
  if (text.length % 2 !== 0 || (length !== undefined && text.length !== 2 * length)) {
    throw malformed("A hexadecimal value has the wrong length.");
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 16 * nibble(text.charCodeAt(2 * i)) + nibble(text.charCodeAt(2 * i + 1));
  return bytes;
}

const isDigitCode = Uint8Array.from({ length: 128 }, (_, code) => (/[0-9a-f]/.test(String.fromCharCode(code)) ? 1 : 0));

/** Whether a value is an id as Keyfold writes it: 16 bytes in lowercase hexadecimal. */
export function isHexId(value: unknown): value is string {
  if (typeof value !== "string" || value.length !== 32) return false;
  // By a table: a folder has several ids for each file, and a regular expression takes three times as long.
  let digits = 0;
  for (let i = 0; i < 32; i++) digits += isDigitCode[value.charCodeAt(i)] ?? 0;
  return digits === 32;
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const sextetOfCode: readonly number[] = Array.from({ length: 128 }, (_, code) => base64Alphabet.indexOf(String.fromCharCode(code)));

/** base64url without padding (RFC 4648 section 5). */
export function toBase64url(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = (bytes[i]! << 16) | ((left > 1 ? bytes[i + 1]! : 0) << 8) | (left > 2 ? bytes[i + 2]! : 0);
    text += base64Alphabet[group >> 18]! + base64Alphabet[(group >> 12) & 63]!;
    if (left > 1) text += base64Alphabet[(group >> 6) & 63]!;
    if (left > 2) text += base64Alphabet[group & 63]!;
  }
  return text;
}

/**
 * Bytes of base64url without padding; of exactly `length` bytes where one is given.
 *
 * Throws `malformed` on padding, white space, any other character, and on bits after the last byte that are not zero.
 */
export function fromBase64url(text: string, length?: number): Bytes {
  const rest = text.length % 4;
  if (rest === 1) throw malformed("A base64url value has an impossible length.");
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  if (length !== undefined && bytes.length !== length) throw malformed("A base64url value has the wrong length.");
  let bits = 0;
  let held = 0;
  let offset = 0;
  for (let i = 0; i < text.length; i++) {
    const sextet = sextetOfCode[text.charCodeAt(i)] ?? -1;
    if (sextet < 0) throw malformed("A base64url value has a character outside its alphabet.");
    bits = ((bits << 6) | sextet) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[offset++] = (bits >> held) & 0xff;
    }
  }
  if ((bits & ((1 << held) - 1)) !== 0) throw malformed("A base64url value has bits after its last byte.");
  return bytes;
}

/** Whether a value is base64url of `length` bytes as `fromBase64url` takes it; nothing is decoded. */
export function isBase64url(value: unknown, length: number): value is string {
  if (typeof value !== "string" || value.length !== Math.ceil((length * 4) / 3)) return false;
  let sextet = 0;
  for (let i = 0; i < value.length; i++) {
    sextet = sextetOfCode[value.charCodeAt(i)] ?? -1;
    if (sextet < 0) return false;
  }
  return (sextet & ((1 << (6 * value.length - 8 * length)) - 1)) === 0;
}

/** An integer of 0 to 255 as one byte. */
export function u8(value: number): Bytes {
  if (!Number.isInteger(value) || value < 0 || value > 0xff) throw new KeyfoldError("invalid-argument", "Not an integer of 8 bits.");
  return Uint8Array.of(value);
}

/** An integer of 0 to 2^32 - 1 as 4 bytes, big-endian. */
export function u32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  writeU32(bytes, 0, value);
  return bytes;
}

/** Writes an integer of 0 to 2^32 - 1 at `offset`, 4 bytes, big-endian. */
export function writeU32(into: Uint8Array, offset: number, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new KeyfoldError("invalid-argument", "Not an integer of 32 bits.");
  }
  new DataView(into.buffer, into.byteOffset, into.byteLength).setUint32(offset, value);
}

/** An integer of 0 to 2^53 - 1 as 8 bytes, big-endian. */
export function u64(value: number): Bytes {
  if (!Number.isSafeInteger(value) || value < 0) throw new KeyfoldError("invalid-argument", "Not an integer of 0 to 2^53 - 1.");
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** The integer in the 4 bytes at `offset`, big-endian. Throws `malformed` where the bytes end before. */
export function readU32(bytes: Uint8Array, offset: number): number {
  if (offset + 4 > bytes.length) throw malformed("Bytes end inside an integer.");
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset);
}

/** The integer in the 8 bytes at `offset`, big-endian. Throws `malformed` where the bytes end before, and above 2^53 - 1. */
export function readU64(bytes: Uint8Array, offset: number): number {
  if (offset + 8 > bytes.length) throw malformed("Bytes end inside an integer.");
  const value = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(offset);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed("An integer is above 2^53 - 1.");
  return Number(value);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 of a text. Throws `malformed` on a lone surrogate, which has no UTF-8 form (`TextEncoder` alone would replace it). */
export function toUtf8(text: string): Bytes {
  if (!text.isWellFormed()) throw malformed("A text has a lone surrogate.");
  return encoder.encode(text);
}

/** The text of UTF-8 bytes; a byte order mark stays a character. Throws `malformed`. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new KeyfoldError("malformed", "Bytes are not UTF-8.", { cause });
  }
}

/** Whether two byte strings are the same, in a time that depends on their lengths alone. */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}
