/** Laws of drops: invitations, items that were posted, receipts. */
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { toUtf8 } from "../../../src/crypto/encoding.ts";
import { hpkeSeal } from "../../../src/crypto/hpke.ts";
import type { Bytes } from "../../../src/crypto/provider.ts";
import { encodeContent, readContent, type ItemContent } from "../../../src/drop/content.ts";
import { deriveDrop, dropSecret, encodeInvitation, parseInvitation, requireInbox } from "../../../src/drop/invitation.ts";
import { contentOf, sealItem, unsealItem } from "../../../src/drop/item.ts";
import { judgeItem, receiptStatus, type Known, type Verdict } from "../../../src/drop/judge.ts";
import { inboxOf, itemSetting, openingOf } from "../../../src/drop/opening.ts";
import { makeReceipt, readReceipt, statusNumber } from "../../../src/drop/receipt.ts";
import { frame } from "../../../src/seal/padding.ts";
import { provider } from "../../device.ts";
import { idOf, versionOf } from "../../ops.ts";
import { law, type Law } from "../law.ts";
import { damage, damaged, damagedJson, jsonDamage } from "../mutation.ts";
import { judged, ofBytes, ofJson, ofText, once } from "./judged.ts";
import { written } from "./written.ts";

const content: ItemContent = {
  batch: idOf(1),
  n: 0,
  total: 2,
  name: "IMG_0001.jpg",
  type: "image/jpeg",
  modified: 1_764_000_000_000,
  version: versionOf(1, 2),
  fields: { case: "2026/17", nested: { deep: [1, 2] } },
};
const random = new Uint8Array(16).fill(9);
const expires = 1_764_003_600;

/** A drop of the log's first epoch, an item in it, and a drop beside it. */
const posted = once(async () => {
  const { early } = await written();
  const inbox = inboxOf(early);
  const folder = { folderId: idOf(7), epoch: 0 };
  const opening = await openingOf(provider, inbox, folder, { random, expires });
  const other = await openingOf(provider, inbox, folder, { random: new Uint8Array(16), expires });
  const secret = await dropSecret(provider, early.drop, random, expires);
  strictEqual((await deriveDrop(provider, secret)).dropId, opening.place.dropId);
  const sealed = await sealItem(provider, opening.place, { inboxPub: inbox.inboxPub, psk: opening.psk }, content);
  return { inbox, opening, other, secret, sealed };
});

const nothingKnown: Known = { isFiled: () => false, isNewBlob: () => true };

async function judgeAny(item: Bytes): Promise<Verdict> {
  const { opening, other } = await posted();
  const judgement = await judged(() => judgeItem(provider, opening, item, { firstSeen: expires, known: nothingKnown, others: [other] }));
  ok("value" in judgement, "an item is judged, whatever it is");
  return judgement.value;
}

export const dropLaws: readonly Law[] = [
  ofText(
    "invitations takes only what it would write",
    200,
    async () => [encodeInvitation({ secret: new Uint8Array(32).fill(5), inboxMark: new Uint8Array(16).fill(6) })],
    (text) => strictEqual(encodeInvitation(parseInvitation(text)), text),
  ),
  ofBytes(
    "inbox keys takes none but the invitation's",
    100,
    async () => [(await posted()).inbox.inboxPub],
    async (inboxPub) => {
      const { inbox } = await posted();
      const { early } = await written();
      const inboxMark = Uint8Array.from(Buffer.from(early.inboxMark, "hex"));
      await requireInbox(provider, { inboxMark }, inboxPub);
      deepStrictEqual(inboxPub, inbox.inboxPub);
    },
  ),
  ofJson(
    "what an item says keeps nothing but the fields that it knows",
    300,
    async () => [
      { v: 1, ...content },
      { v: 1, ...content, fields: undefined, version: versionOf(3) },
    ],
    (text) => {
      const read = readContent(new TextEncoder().encode(text));
      const bytes = encodeContent(read); // JSON has one zero
      deepStrictEqual(encodeContent(readContent(bytes)), bytes);
    },
  ),
  ofBytes(
    "items opens none that was changed",
    80,
    async () => [(await posted()).sealed.item],
    async (item) => {
      const { opening, sealed } = await posted();
      const unsealed = await unsealItem(provider, opening, item);
      deepStrictEqual(item, sealed.item);
      deepStrictEqual(contentOf(unsealed), content);
    },
  ),
  law("items comes to a verdict, whatever a server holds", 80, [damage, fc.option(fc.uint8Array({ maxLength: 200 }))], async (how, any) => {
    const { sealed } = await posted();
    const item = any === null ? damaged(sealed.item, how) : Uint8Array.from(any);
    const verdict = await judgeAny(item);
    strictEqual(verdict.verdict === "file", Buffer.compare(item, sealed.item) === 0);
  }),
  law(
    "items comes to a verdict, whatever somebody with the invitation sealed",
    120,
    [jsonDamage, fc.constantFrom("json", "frame", "none"), damage],
    async (how, layer, torn) => {
      const { opening, inbox } = await posted();
      const hit = (at: typeof layer, bytes: Bytes): Bytes => (at === layer ? damaged(bytes, torn) : bytes);
      const text = damagedJson(JSON.stringify({ v: 1, ...content }), how);
      const framed = hit("frame", frame(hit("json", toUtf8(text.toWellFormed()))));
      const { sealed } = await hpkeSeal(provider, inbox.inboxPub, itemSetting(opening.place, opening.psk), framed);
      const verdict = await judgeAny(sealed);
      if (verdict.verdict === "bad") ok(["malformed", "newer", "known-blob"].includes(verdict.fault));
      else strictEqual(verdict.verdict, "file");
      ok(["filed", "quarantined"].includes(receiptStatus(verdict)));
      notStrictEqual(verdict.receiptKey, null);
    },
  ),
  ofBytes(
    "receipts says nothing that no owner said",
    100,
    async () => {
      const { receiptKey, itemId } = (await posted()).sealed;
      return [await makeReceipt(provider, receiptKey, itemId, statusNumber("filed"))];
    },
    async (receipt) => {
      const { receiptKey, itemId } = (await posted()).sealed;
      const said = await readReceipt(provider, receiptKey, itemId, receipt);
      if (said !== null) deepStrictEqual(receipt, await makeReceipt(provider, receiptKey, itemId, statusNumber(said)));
    },
  ),
];
