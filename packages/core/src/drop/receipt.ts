/**
 * Receipts: by them a phone knows from an owner, and not from the server, what became of an item (docs/format.md, section 6).
 *
 * @module
 */

import { concat, constantTimeEqual, fromHex, u8 } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";

/**
 * - `filed`: the file is in the folder
 * - `refused`: it came too late
 * - `quarantined`: it is not what it must be, and set aside for a person to see
 */
export type ReceiptStatus = "filed" | "refused" | "quarantined";

const statuses: readonly (readonly [ReceiptStatus, number])[] = [
  ["filed", 1],
  ["refused", 2],
  ["quarantined", 3],
];

/** The number of a status in the receipt. */
export function statusNumber(status: ReceiptStatus): number {
  return statuses.find(([name]) => name === status)![1];
}

/** HMAC-SHA-256(receipt key, item id | u8 status), 32 bytes. */
export function makeReceipt(provider: CryptoProvider, receiptKey: Bytes, itemId: string, status: number): Promise<Bytes> {
  return provider.hmac(receiptKey, concat(fromHex(itemId, 16), u8(status)));
}

/** What a receipt says; null where no owner made it for this item. Every status is compared, in a time that tells nothing. */
export async function readReceipt(
  provider: CryptoProvider,
  receiptKey: Bytes,
  itemId: string,
  receipt: Bytes,
): Promise<ReceiptStatus | null> {
  let said: ReceiptStatus | null = null;
  for (const [name, number] of statuses) {
    if (constantTimeEqual(await makeReceipt(provider, receiptKey, itemId, number), receipt)) said = name;
  }
  return said;
}
