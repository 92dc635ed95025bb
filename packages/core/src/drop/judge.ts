/**
 * What becomes of an item that was posted: filed, passed over, refused, or set aside, and why. Pure: the caller knows the folder and does what is said.
 *
 * @module
 */

import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { isKeyfoldError } from "../error.ts";
import { blobsIn, type ItemContent } from "./content.ts";
import { contentOf, itemIdOf, nodeOfItem, unsealItem, type UnsealedItem } from "./item.ts";
import type { DropOpening } from "./opening.ts";
import type { ReceiptStatus } from "./receipt.ts";

/** Seconds after a drop's expiry in which an item may still be seen for the first time. */
export const graceSeconds = 7 * 86_400;

/**
 * - `forged`: no owner's invitation sealed it
 * - `other-drop`, `other-epoch`: it is genuine, and was put where it does not belong
 * - `malformed`: its sender had the invitation, and what is inside is no item
 * - `newer`: written by a newer Keyfold
 * - `known-blob`: it brings a blob that the folder has, or had: a second item for one file, or an attempt to pass off another's
 */
export type Fault = "forged" | "other-drop" | "other-epoch" | "malformed" | "newer" | "known-blob";

interface Judged {
  readonly itemId: string;
}
export type Verdict = Judged &
  (
    | { readonly verdict: "file"; readonly content: ItemContent; readonly node: string; readonly receiptKey: Bytes }
    /** It was filed before, and is offered again. */
    | { readonly verdict: "filed-before"; readonly receiptKey: Bytes }
    /** First seen more than seven days after its drop expired. */
    | { readonly verdict: "too-late"; readonly receiptKey: Bytes }
    /** No receipt can be made for what did not open. */
    | { readonly verdict: "bad"; readonly fault: Fault; readonly receiptKey: Bytes | null }
  );

/** What the folder knows of earlier items. */
export interface Known {
  /** Whether an item with this id was filed. */
  isFiled(itemId: string): boolean;
  /** Whether the folder never saw this blob (`Tree.isNewBlob`). */
  isNewBlob(blob: string): boolean;
}

export interface Circumstances {
  /** When the item was first seen by an owner, Unix seconds. */
  readonly firstSeen: number;
  readonly known: Known;
  /** Other drops of the folder, earlier epochs' too: they tell an item that was put elsewhere from a forgery. */
  readonly others?: readonly DropOpening[];
}

/** Judges an item that the server holds for the drop of `opening`. Rejects only with what is no fault of the item (`crypto-missing`). */
export async function judgeItem(
  provider: CryptoProvider,
  opening: DropOpening,
  item: Bytes,
  { firstSeen, known, others = [] }: Circumstances,
): Promise<Verdict> {
  const itemId = await itemIdOf(provider, item);
  const unsealed = await tryUnseal(provider, opening, item);
  if (unsealed === null) return { itemId, verdict: "bad", fault: await whoseElse(provider, opening, others, item), receiptKey: null };
  const { receiptKey } = unsealed;
  // Before anything else that could be wrong with it: an item that was filed keeps its receipt, however often it is offered.
  if (known.isFiled(itemId)) return { itemId, verdict: "filed-before", receiptKey };
  const content = tryRead(unsealed);
  if (typeof content === "string") return { itemId, verdict: "bad", fault: content, receiptKey };
  if (!blobsIn(content).every((blob) => known.isNewBlob(blob))) return { itemId, verdict: "bad", fault: "known-blob", receiptKey };
  if (firstSeen > opening.place.expires + graceSeconds) return { itemId, verdict: "too-late", receiptKey };
  return { itemId, verdict: "file", content, node: await nodeOfItem(provider, content.version.blob), receiptKey };
}

/** What the phone is told. */
export function receiptStatus({ verdict }: Verdict): ReceiptStatus {
  if (verdict === "bad") return "quarantined";
  return verdict === "too-late" ? "refused" : "filed";
}

async function tryUnseal(provider: CryptoProvider, opening: DropOpening, item: Bytes): Promise<UnsealedItem | null> {
  try {
    return await unsealItem(provider, opening, item);
  } catch (error) {
    if (isKeyfoldError(error, "tampered") || isKeyfoldError(error, "malformed")) return null;
    throw error;
  }
}

async function whoseElse(
  provider: CryptoProvider,
  { place }: DropOpening,
  others: readonly DropOpening[],
  item: Bytes,
): Promise<"forged" | "other-drop" | "other-epoch"> {
  for (const other of others) {
    if ((await tryUnseal(provider, other, item)) !== null) return other.place.epoch === place.epoch ? "other-drop" : "other-epoch";
  }
  return "forged";
}

function tryRead(unsealed: UnsealedItem): ItemContent | "malformed" | "newer" {
  try {
    return contentOf(unsealed);
  } catch (error) {
    if (isKeyfoldError(error, "unsupported-version")) return "newer";
    if (isKeyfoldError(error, "malformed")) return "malformed";
    throw error;
  }
}
