/**
 * What opens a drop's items: the inbox key of the drop's epoch, and the drop's own secret.
 *
 * @module
 */

import { concat, fromHex, toUtf8, u32, u64 } from "../crypto/encoding.ts";
import type { HpkeRecipient, HpkeSetting } from "../crypto/hpke.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import type { OldInbox } from "../key/keep.ts";
import type { OwnerKeys } from "../key/schedule.ts";
import { inboxPubOf } from "../protocol/identity.ts";
import { deriveDrop, dropSecret } from "./invitation.ts";

/** Where items of a drop belong. Ids are hex, `expires` Unix seconds. */
export interface DropPlace {
  readonly folderId: string;
  readonly dropId: string;
  readonly epoch: number;
  readonly expires: number;
}

export interface DropOpening {
  readonly place: DropPlace;
  readonly inbox: HpkeRecipient;
  readonly psk: Bytes;
}

/** HPKE's setting for a drop's items. */
export function itemSetting({ folderId, dropId, epoch, expires }: DropPlace, psk: Bytes): HpkeSetting {
  const id = fromHex(dropId, 16);
  return { psk, pskId: id, info: concat(toUtf8("keyfold/1 drop\0"), fromHex(folderId, 16), id, u32(epoch), u64(expires)) };
}

/** The present epoch's keys as those of an earlier one are kept (op `keep`): either opens what was posted in its epoch. */
export function inboxOf({ inbox, keys, drop }: Pick<OwnerKeys, "inbox" | "keys" | "drop">): OldInbox {
  return { inbox, inboxPub: inboxPubOf(keys).slice(), drop };
}

/**
 * What opens the items of one drop.
 *
 * @param inbox Of the epoch in which the drop was made.
 * @param drop What the server stores of it: random(16) and expires, Unix seconds.
 */
export async function openingOf(
  provider: CryptoProvider,
  inbox: OldInbox,
  folder: { readonly folderId: string; readonly epoch: number },
  drop: { readonly random: Bytes; readonly expires: number },
): Promise<DropOpening> {
  const secret = await dropSecret(provider, inbox.drop, drop.random, drop.expires);
  const { dropId, psk } = await deriveDrop(provider, secret);
  secret.fill(0);
  const place: DropPlace = { folderId: folder.folderId, dropId, epoch: folder.epoch, expires: drop.expires };
  return { place, inbox: { key: inbox.inbox, publicKey: inbox.inboxPub }, psk };
}
