/**
 * What is handed over: root | checkpoint, sealed to the new device's key under the code's secret (docs/format.md, section 7).
 *
 * @module
 */

import { concat, fromHex, toUtf8 } from "../crypto/encoding.ts";
import { hpkeOpen, hpkeSeal, type HpkeRecipient, type HpkeSetting } from "../crypto/hpke.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import { deriveOwnerKeys, rootLength } from "../key/schedule.ts";
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from "../log/checkpoint.ts";
import type { PairingCode } from "./code.ts";

/** What both sides know by the time the key is handed over. */
export interface Agreed {
  readonly code: Pick<PairingCode, "commitment" | "keyId">;
  readonly psk: Bytes;
  /** N. */
  readonly nonce: Bytes;
}

export interface HandedOver {
  readonly root: Bytes;
  /** How far the other device has verified the folder's history. */
  readonly checkpoint: Checkpoint;
}

export function handOverSetting({ code, psk, nonce }: Agreed): HpkeSetting {
  return { psk, pskId: code.commitment, info: concat(toUtf8("keyfold/1 pair\0"), fromHex(code.keyId, 16), nonce) };
}

/**
 * enc(32) | ct(124).
 *
 * @param publicKey P, whose characters the person has compared.
 * @param ephemeral X25519 scalar; random unless a test gives it.
 * Throws `pairing-failed` (reason `key`) where P is no key.
 */
export async function sealHandOver(
  provider: CryptoProvider,
  agreed: Agreed,
  publicKey: Bytes,
  { root, checkpoint }: HandedOver,
  ephemeral?: Bytes,
): Promise<Bytes> {
  const plaintext = concat(root, encodeCheckpoint(checkpoint));
  try {
    return (await hpkeSeal(provider, publicKey, handOverSetting(agreed), plaintext, ephemeral)).sealed;
  } catch (cause) {
    if (isKeyfoldError(cause, "malformed")) throw failed("key", cause);
    throw cause;
  } finally {
    plaintext.fill(0);
  }
}

/** Throws `pairing-failed` where it was not sealed for this device and this code (reason `sealed`), or holds another key than the code says (`key-id`). */
export async function openHandOver(provider: CryptoProvider, agreed: Agreed, own: HpkeRecipient, sealed: Bytes): Promise<HandedOver> {
  const plaintext = await unseal(provider, agreed, own, sealed);
  const root = plaintext.slice(0, rootLength);
  try {
    const checkpoint = decodeCheckpoint(plaintext.slice(rootLength));
    if ((await deriveOwnerKeys(provider, root)).keyId !== agreed.code.keyId) throw failed("key-id");
    return { root, checkpoint };
  } catch (error) {
    root.fill(0);
    throw isKeyfoldError(error, "pairing-failed") ? error : failed("sealed", error);
  } finally {
    plaintext.fill(0);
  }
}

async function unseal(provider: CryptoProvider, agreed: Agreed, own: HpkeRecipient, sealed: Bytes): Promise<Bytes> {
  try {
    return (await hpkeOpen(provider, own, handOverSetting(agreed), sealed)).plaintext;
  } catch (cause) {
    throw failed("sealed", cause);
  }
}

function failed(reason: "key" | "sealed" | "key-id", cause?: unknown): KeyfoldError {
  return new KeyfoldError("pairing-failed", "What came is not from the other device. Show a new code.", { reason, cause });
}
