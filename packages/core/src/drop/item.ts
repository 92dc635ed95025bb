/**
 * Items: one file each, sealed by a phone to the folder's inbox (docs/format.md, section 6). The server can neither read nor make one.
 *
 * @module
 */

import { concat, fromHex, toHex, toUtf8 } from "../crypto/encoding.ts";
import { hpkeOpen, hpkeSeal } from "../crypto/hpke.ts";
import type { Bytes, CryptoProvider, Verifier } from "../crypto/provider.ts";
import { frame, unframe } from "../seal/padding.ts";
import { encodeContent, readContent, type ItemContent } from "./content.ts";
import { itemSetting, type DropOpening, type DropPlace } from "./opening.ts";

const receiptContext = toUtf8("keyfold/1 receipt");

export interface SealedItem {
  /** enc(32) | ct, as it is posted. */
  readonly item: Bytes;
  /** Hex of 16 bytes. */
  readonly itemId: string;
  /** What verifies receipts: the phone keeps it, and nobody but an owner can know it. */
  readonly receiptKey: Bytes;
}

/** What opened: HPKE vouches for it, but what it says has not been read. */
export interface UnsealedItem {
  readonly framed: Bytes;
  readonly receiptKey: Bytes;
}

/**
 * Seals one file's item. `inboxPub` must have passed `requireInbox`.
 *
 * @param ephemeral X25519 scalar; random unless a test gives it.
 */
export async function sealItem(
  provider: CryptoProvider,
  place: DropPlace,
  { inboxPub, psk }: { readonly inboxPub: Bytes; readonly psk: Bytes },
  content: ItemContent,
  ephemeral?: Bytes,
): Promise<SealedItem> {
  const framed = frame(encodeContent(content));
  const { sealed: item, exporter } = await hpkeSeal(provider, inboxPub, itemSetting(place, psk), framed, ephemeral);
  return { item, itemId: await itemIdOf(provider, item), receiptKey: await exporter(receiptContext) };
}

/** Opens an item. Throws `tampered` or `malformed` where it was not sealed for this drop. */
export async function unsealItem(provider: CryptoProvider, { place, inbox, psk }: DropOpening, item: Bytes): Promise<UnsealedItem> {
  const { plaintext, exporter } = await hpkeOpen(provider, inbox, itemSetting(place, psk), item);
  return { framed: plaintext, receiptKey: await exporter(receiptContext) };
}

/** What an item that opened says. Throws `malformed`, `unsupported-version`. */
export function contentOf({ framed }: UnsealedItem): ItemContent {
  return readContent(unframe(framed));
}

/** H(enc | ct)[0..16], hex. */
export async function itemIdOf(verifier: Verifier, item: Bytes): Promise<string> {
  return toHex((await verifier.sha256(item)).subarray(0, 16));
}

/** The node that filing makes of a blob, hex: two devices that file one item at a time make one file of it. */
export async function nodeOfItem(verifier: Verifier, blob: string): Promise<string> {
  return toHex((await verifier.sha256(concat(toUtf8("keyfold/1 item\0"), fromHex(blob, 16)))).subarray(0, 16));
}
