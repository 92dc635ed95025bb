/**
 * A link to the whole live folder, read only: `<page>f/<folder id>#<fragment>`, fragment = base64url(read key(32) | key id(16)), 64 characters (docs/format.md,
 * section 8). Who has it reads everything, now and later, and can change nothing. Nobody can take it back but by a new key.
 *
 * @module
 */
import { concat, constantTimeEqual, fromBase64url, fromHex, toBase64url, toHex } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { deriveOwnerKeys, deriveReaderKeys, exportReadKey, readLength, rootLength } from "../key/schedule.ts";
import { keyIdOf, readAuthPubOf } from "../protocol/identity.ts";

const idLength = 16;

export interface ReadKey {
  /** 32 bytes. */
  readonly read: Bytes;
  /** Hex of 16 bytes. */
  readonly keyId: string;
}

export function readFragment({ read, keyId }: ReadKey): string {
  return toBase64url(concat(read, fromHex(keyId, idLength)));
}

/** A page's own fragment, a place in it, is shorter, or has other characters. */
const meantAsKey = /^[A-Za-z0-9_-]{40,}$/;

/** The read key in a link; null where it has none. Throws `invalid-argument` for one that is not whole; its message never repeats what was given. */
export function readKeyOfLink(link: string): ReadKey | null {
  const at = link.indexOf("#");
  const text = at < 0 ? "" : link.slice(at + 1);
  if (!meantAsKey.test(text)) return null;
  try {
    const bytes = fromBase64url(text, readLength + idLength);
    return { read: bytes.slice(0, readLength), keyId: toHex(bytes.subarray(readLength)) };
  } catch {
    throw new KeyfoldError("invalid-argument", "This is not a whole link. Copy it again, to its end.", { reason: "link" });
  }
}

/**
 * The read key of the epoch whose public keys these are (128 bytes), from its root or from itself. The caller's bytes are left as they are.
 *
 * Throws `invalid-argument` for another length, `wrong-key` where it is not this epoch's.
 */
export async function readKeyFor(provider: CryptoProvider, keys: Bytes, key: Uint8Array): Promise<ReadKey> {
  const keyId = await keyIdOf(provider, keys);
  const own = Uint8Array.from(key);
  try {
    if (own.length === rootLength) {
      if ((await deriveOwnerKeys(provider, own)).keyId !== keyId) throw wrongKey();
      return { read: await exportReadKey(provider, own), keyId };
    }
    if (own.length !== readLength) throw new KeyfoldError("invalid-argument", "A key has 64 bytes, a read key 32.");
    const { readAuthPub } = await deriveReaderKeys(provider, own);
    if (!constantTimeEqual(readAuthPub, readAuthPubOf(keys))) throw wrongKey();
    return { read: own.slice(), keyId };
  } finally {
    own.fill(0);
  }
}

function wrongKey(): KeyfoldError {
  return new KeyfoldError("wrong-key", "This is not the folder's key.");
}
