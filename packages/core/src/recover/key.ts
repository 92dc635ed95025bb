/**
 * The key that a person comes with: a key file, rows, one line, or a read-only key.
 *
 * @module
 */

import { fromBase64url, toHex } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { parseKeyFile, type KeyCheckpoint } from "../key/file.ts";
import { deriveOwnerKeys, deriveReaderKeys, readLength, rootLength, type EpochKeys } from "../key/schedule.ts";

export interface RecoveryKey {
  /** 64 bytes: the root key. 32 bytes: a read key. */
  readonly bytes: Bytes;
  /** Hex of 16 bytes; of a read key only where a link named it. */
  readonly keyId?: string | undefined;
  /** How far the folder's history went when the key was saved. */
  readonly checkpoint?: KeyCheckpoint | undefined;
  /** A character was wrong or a row misplaced, and the rest told which: the key counts if it opens a folder. */
  readonly corrected?: boolean;
}

/** `<read key, 43>` or `<read key | key id, 64>` in base64url, alone or behind the `#` of a link. */
const readKeyText = /^(?:\S*#)?([A-Za-z0-9_-]{64}|[A-Za-z0-9_-]{43})$/;

/** The key in a text. Throws `unreadable-key` with the numbers of the rows at fault. */
export function readRecoveryKey(text: string): RecoveryKey {
  const { reading, keyId, checkpoint } = parseKeyFile(text);
  if (reading.state !== "unreadable") {
    return { bytes: reading.root, keyId, checkpoint, ...(reading.state === "suggested" ? { corrected: true } : {}) };
  }
  const bytes = readKeyIn(text);
  if (bytes !== null) {
    return bytes.length === readLength ? { bytes } : { bytes: bytes.slice(0, readLength), keyId: toHex(bytes.subarray(readLength)) };
  }
  const rows = reading.verdicts.flatMap(({ state }, i) => (state === "ok" ? [] : [i + 1]));
  throw new KeyfoldError("unreadable-key", "There is no whole key in that. A key has eight rows of fifteen characters.", { rows });
}

/** 32 or 48 bytes; null where the text is not just that. */
function readKeyIn(text: string): Bytes | null {
  const found = readKeyText.exec(text.trim())?.[1];
  try {
    return found === undefined ? null : fromBase64url(found);
  } catch {
    return null; // its last character is one that no key ends in
  }
}

/**
 * All that the key gives. Throws `invalid-argument` on another length, `unreadable-key` where a corrected key is not the one whose id stands beside it.
 */
export async function deriveRecoveryKeys(
  provider: CryptoProvider,
  key: RecoveryKey,
): Promise<EpochKeys & { readonly keyId?: string | undefined }> {
  if (key.bytes.length !== rootLength) return { ...(await deriveReaderKeys(provider, key.bytes)), keyId: key.keyId };
  const keys = await deriveOwnerKeys(provider, key.bytes);
  if (key.corrected === true && key.keyId !== undefined && key.keyId !== keys.keyId) {
    throw new KeyfoldError("unreadable-key", "The key has more wrong characters than can be corrected. Look at its rows again.");
  }
  return keys;
}
