/**
 * Argon2id (RFC 9106) as shares use it: 64 MiB, three passes, one lane, 32 bytes.
 *
 * WebCrypto has none, so it is noble's, loaded when a passphrase first asks for it. It takes one to three seconds, and gives the page a turn every 30 ms of them.
 *
 * @module
 */

import { KeyfoldError } from "../error.ts";
import type { Bytes } from "./provider.ts";

const cost = { m: 64 * 1024, t: 3, p: 1, dkLen: 32 } as const;

/** Milliseconds for which it holds the page up. */
const tick = 30;

/** @param salt 16 bytes. Rejects with `offline` when it cannot be loaded. */
export async function argon2id(password: Bytes, salt: Bytes): Promise<Bytes> {
  const { argon2idAsync } = await import("@noble/hashes/argon2.js").catch((cause: unknown) => {
    throw new KeyfoldError("offline", "What stretches a passphrase could not be loaded. Try again.", { cause });
  });
  return new Uint8Array(await argon2idAsync(password, salt, { ...cost, asyncTick: tick }));
}
