/**
 * Argon2id (RFC 9106) as shares use it: 64 MiB, three passes, one lane, 32 bytes.
 *
 * WebCrypto has none, so it is noble's. It takes one to three seconds, and gives the page a turn every 30 ms of them.
 *
 * @module
 */

import { argon2idAsync } from "@noble/hashes/argon2.js";
import type { Bytes } from "./provider.ts";

const cost = { m: 64 * 1024, t: 3, p: 1, dkLen: 32 } as const;

/** Milliseconds for which it holds the page up. */
const tick = 30;

/** @param salt 16 bytes. */
export async function argon2id(password: Bytes, salt: Bytes): Promise<Bytes> {
  return new Uint8Array(await argon2idAsync(password, salt, { ...cost, asyncTick: tick }));
}
