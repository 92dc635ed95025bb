/**
 * Random bytes, from the platform's generator and nowhere else. Pages over http:// have it too.
 *
 * @module
 */
import { KeyfoldError } from "../error.ts";
import type { Bytes } from "./provider.ts";

/** `length` bytes, at most 65,536. Throws `crypto-missing` where the platform has no generator. */
export function randomBytes(length: number): Bytes {
  if (typeof globalThis.crypto?.getRandomValues !== "function") {
    throw new KeyfoldError("crypto-missing", "This platform has no generator of random bytes.");
  }
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}
