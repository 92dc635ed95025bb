import { expect, it } from "vitest";
import { fromHex, toHex } from "../crypto/encoding.ts";
import { kemSecret, keySchedule } from "../crypto/hpke.ts";
import { deriveOwnerKeys } from "../key/schedule.ts";
import { frame } from "../seal/padding.ts";
import { providerVectorSuite, vectorSection } from "../../test/vectors.ts";
import { encodeContent, readContent, type ItemContent } from "./content.ts";
import { deriveDrop, dropSecret, encodeInvitation, parseInvitation, requireInbox } from "./invitation.ts";
import { contentOf, nodeOfItem, sealItem, unsealItem } from "./item.ts";
import { inboxOf, itemSetting, openingOf } from "./opening.ts";
import { makeReceipt } from "./receipt.ts";

interface DropVector {
  root: string;
  folderId: string;
  epoch: number;
  random: string;
  expires: number;
  secret: string;
  inboxPub: string;
  inboxMark: string;
  fragment: string;
  dropId: string;
  token: string;
  tokenHash: string;
  psk: string;
  pskId: string;
  info: string;
  ephemeralPrivate: string;
  sharedSecret: string;
  keyScheduleContext: string;
  hpkeSecret: string;
  hpkeKey: string;
  hpkeNonce: string;
  exporterSecret: string;
  inside: ItemContent & { v: number };
  insideBytes: string;
  enc: string;
  ct: string;
  itemId: string;
  node: string;
  receiptKey: string;
  receipts: { status: number; receipt: string }[];
}

providerVectorSuite<DropVector[]>("drops", (cases, count, provider) => {
  for (const [i, vector] of cases.entries()) {
    const { folderId, epoch, expires, dropId } = vector;
    const place = { folderId, epoch, expires, dropId };
    const opening = async () => {
      const inbox = inboxOf(await deriveOwnerKeys(provider, fromHex(vector.root)));
      return openingOf(provider, inbox, vector, { random: fromHex(vector.random), expires });
    };

    it(`drop ${i + 1}: the invitation and what derives from it`, async () => {
      const keys = await deriveOwnerKeys(provider, fromHex(vector.root));
      const secret = await dropSecret(provider, keys.drop, fromHex(vector.random), expires);
      expect(toHex(secret)).toBe(vector.secret);
      expect(toHex(inboxOf(keys).inboxPub)).toBe(vector.inboxPub);
      expect(keys.inboxMark).toBe(vector.inboxMark);
      const invitation = { secret, inboxMark: fromHex(vector.inboxMark) };
      expect(encodeInvitation(invitation)).toBe(vector.fragment);
      expect(parseInvitation(vector.fragment)).toEqual(invitation);
      await requireInbox(provider, invitation, fromHex(vector.inboxPub));
      const { dropId: id, token, psk } = await deriveDrop(provider, secret);
      const tokenHash = await provider.sha256(token);
      expect([id, toHex(token), toHex(tokenHash), toHex(psk)]).toEqual([dropId, vector.token, vector.tokenHash, vector.psk]);
      expect((await opening()).place).toEqual(place);
      count();
    });

    it(`drop ${i + 1}: every value of the key schedule`, async () => {
      const setting = itemSetting(place, fromHex(vector.psk));
      expect([toHex(setting.pskId), toHex(setting.info)]).toEqual([vector.pskId, vector.info]);
      const ephemeral = await provider.importAgreement(fromHex(vector.ephemeralPrivate));
      expect(toHex(ephemeral.publicKey)).toBe(vector.enc);
      const agreed = await provider.agree(ephemeral.key, fromHex(vector.inboxPub));
      const shared = await kemSecret(provider, agreed, ephemeral.publicKey, fromHex(vector.inboxPub));
      expect(toHex(shared)).toBe(vector.sharedSecret);
      const schedule = await keySchedule(provider, shared, setting);
      expect(Object.values(schedule).map(toHex)).toEqual([
        vector.keyScheduleContext,
        vector.hpkeSecret,
        vector.hpkeKey,
        vector.hpkeNonce,
        vector.exporterSecret,
      ]);
      count();
    });

    it(`drop ${i + 1}: the item, sealed and opened`, async () => {
      const { v: _, ...content } = vector.inside;
      expect(toHex(frame(encodeContent(content)))).toBe(vector.insideBytes);
      const to = { inboxPub: fromHex(vector.inboxPub), psk: fromHex(vector.psk) };
      const sealed = await sealItem(provider, place, to, content, fromHex(vector.ephemeralPrivate));
      expect(toHex(sealed.item)).toBe(vector.enc + vector.ct);
      expect(sealed.itemId).toBe(vector.itemId);
      expect(toHex(sealed.receiptKey)).toBe(vector.receiptKey);
      const unsealed = await unsealItem(provider, await opening(), sealed.item);
      expect(toHex(unsealed.framed)).toBe(vector.insideBytes);
      expect(unsealed.receiptKey).toEqual(sealed.receiptKey);
      expect(contentOf(unsealed)).toEqual(content);
      expect(readContent(encodeContent(content))).toEqual(content);
      expect(await nodeOfItem(provider, content.version.blob)).toBe(vector.node);
      count();
    });

    it(`drop ${i + 1}: receipts`, async () => {
      for (const { status, receipt } of vector.receipts) {
        expect(toHex(await makeReceipt(provider, fromHex(vector.receiptKey), vector.itemId, status))).toBe(receipt);
        count();
      }
    });

    it(`drop ${i + 1}: its random inputs are those of the list`, () => {
      const random = new Map(vectorSection<{ name: string; hex: string }[]>("random")?.map(({ name, hex }) => [name, hex]));
      expect(random.get(`drop ${i + 1}: random`)).toBe(vector.random);
      expect(random.get(`drop ${i + 1}: ephemeral X25519 scalar`)).toBe(vector.ephemeralPrivate);
      expect(random.get(`drop ${i + 1}: batch`)).toBe(vector.inside.batch);
      expect(random.get(`drop ${i + 1}: file: blob id`)).toBe(vector.inside.version.blob);
      count();
    });
  }
});
