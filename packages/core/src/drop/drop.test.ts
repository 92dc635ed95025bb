import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { concat, fromHex, toBase64url, toHex, toUtf8 } from "../crypto/encoding.ts";
import { hpkeSeal } from "../crypto/hpke.ts";
import type { Bytes } from "../crypto/provider.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { isKeyfoldError } from "../error.ts";
import { openKeep, sealKeep } from "../key/keep.ts";
import { deriveOwnerKeys, exportOldInboxAndDrop, generateRoot, type OwnerKeys } from "../key/schedule.ts";
import { frame, paddedSize } from "../seal/padding.ts";
import { sealedSizeOf } from "../seal/geometry.ts";
import { foldValue } from "../tree/fold.ts";
import { Tree } from "../tree/tree.ts";
import { readContent, versionOf, type ItemContent } from "./content.ts";
import { deriveDrop, dropSecret, encodeInvitation, parseInvitation, requireInbox } from "./invitation.ts";
import { nodeOfItem, sealItem, type SealedItem } from "./item.ts";
import { graceSeconds, judgeItem, receiptStatus, type Known, type Verdict } from "./judge.ts";
import { inboxOf, itemSetting, openingOf, type DropOpening } from "./opening.ts";
import { makeReceipt, readReceipt, statusNumber } from "./receipt.ts";

const provider = webCryptoProvider();
const newId = (): string => toHex(provider.randomBytes(16));
const folderId = newId();
const expires = 1_764_003_600;

function contentNamed(name: string, change: Partial<ItemContent> = {}): ItemContent {
  const version = {
    suite: 1 as const,
    blob: newId(),
    key: toBase64url(provider.randomBytes(32)),
    size: 100,
    sealedSize: sealedSizeOf(paddedSize(100)),
    digest: toBase64url(provider.randomBytes(32)),
  };
  return { batch: newId(), n: 0, total: 1, name, type: "image/jpeg", modified: 1_764_000_000_000, version, ...change };
}

/** A drop of a folder in an epoch, from both sides. */
async function dropOf(keys: OwnerKeys, epoch: number) {
  const random = provider.randomBytes(16);
  const opening = await openingOf(provider, inboxOf(keys), { folderId, epoch }, { random, expires });
  const to = { inboxPub: inboxOf(keys).inboxPub, psk: opening.psk };
  return { random, opening, seal: (content: ItemContent) => sealItem(provider, opening.place, to, content) };
}

const nothingKnown: Known = { isFiled: () => false, isNewBlob: () => true };
const judge = (opening: DropOpening, item: Bytes, change: { firstSeen?: number; known?: Partial<Known>; others?: DropOpening[] } = {}) =>
  judgeItem(provider, opening, item, {
    firstSeen: change.firstSeen ?? expires,
    known: { ...nothingKnown, ...change.known },
    ...(change.others === undefined ? {} : { others: change.others }),
  });
const summary = (verdict: Verdict): string => (verdict.verdict === "bad" ? `bad ${verdict.fault}` : verdict.verdict);

let root: Bytes;
let keys: OwnerKeys;
let drop: Awaited<ReturnType<typeof dropOf>>;
let content: ItemContent;
let sealed: SealedItem;
beforeAll(async () => {
  root = generateRoot(provider);
  keys = await deriveOwnerKeys(provider, root);
  drop = await dropOf(keys, 0);
  content = contentNamed("IMG_0001.jpg", { fields: { case: "2026/17" } });
  sealed = await drop.seal(content);
});

describe("an invitation", () => {
  it("is 64 characters, and comes back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 48, maxLength: 48 }), (bytes) => {
        const invitation = { secret: bytes.slice(0, 32), inboxMark: bytes.slice(32) };
        const fragment = encodeInvitation(invitation);
        expect(fragment).toMatch(/^[A-Za-z0-9_-]{64}$/);
        expect(parseInvitation(fragment)).toEqual(invitation);
      }),
    );
  });

  it("that is cut, longer, or anything else is refused, and no error repeats it", () => {
    const fragment = encodeInvitation({ secret: provider.randomBytes(32), inboxMark: provider.randomBytes(16) });
    const texts = fc.oneof(
      fc.string(),
      fc.integer({ min: 0, max: 63 }).map((length) => fragment.slice(0, length)),
      fc.string({ minLength: 1 }).map((more) => fragment + more),
      fc
        .tuple(fc.nat({ max: 63 }), fc.constantFrom("=", "+", "/", " ", "\n", "é"))
        .map(([at, by]) => fragment.slice(0, at) + by + fragment.slice(at + 1)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(!/^[A-Za-z0-9_-]{64}$/.test(text));
        expect(() => parseInvitation(text)).toThrow(expect.objectContaining({ code: "unreadable-code" }));
        expect(() => parseInvitation(text)).not.toThrow(expect.objectContaining({ cause: expect.anything() }));
      }),
    );
  });

  it("accepts the folder's inbox key and no other that a server may offer", async () => {
    const { inboxPub } = inboxOf(keys);
    const invitation = { inboxMark: fromHex(keys.inboxMark) };
    await requireInbox(provider, invitation, inboxPub);
    const others = [
      provider.randomBytes(32),
      inboxPub.slice(0, 31),
      concat(inboxPub, Uint8Array.of(0)),
      new Uint8Array(32),
      new Uint8Array(),
    ];
    for (const other of others) await expect(requireInbox(provider, invitation, other)).rejects.toMatchObject({ code: "wrong-inbox" });
  });

  it("is another one for another random part, another expiry, another key", async () => {
    const random = provider.randomBytes(16);
    const other = await deriveOwnerKeys(provider, generateRoot(provider));
    const secrets = await Promise.all([
      dropSecret(provider, keys.drop, random, expires),
      dropSecret(provider, keys.drop, random, expires + 1),
      dropSecret(provider, keys.drop, provider.randomBytes(16), expires),
      dropSecret(provider, other.drop, random, expires),
    ]);
    const ids = await Promise.all(secrets.map(async (secret) => (await deriveDrop(provider, secret)).dropId));
    expect(new Set(ids).size).toBe(4);
    await expect(dropSecret(provider, keys.drop, new Uint8Array(15), expires)).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

describe("an item", () => {
  it("is judged fit to be filed, and the fold files it under its own node", async () => {
    const verdict = await judge(drop.opening, sealed.item);
    expect(verdict).toEqual({
      verdict: "file",
      itemId: sealed.itemId,
      content,
      node: await nodeOfItem(provider, content.version.blob),
      receiptKey: sealed.receiptKey,
    });
    if (verdict.verdict !== "file") throw new Error("not to be filed");
    const tree = new Tree();
    const add = {
      op: "add",
      node: verdict.node,
      parent: null,
      name: content.name,
      version: versionOf(verdict.content),
      from: { drop: drop.opening.place.dropId, item: verdict.itemId },
    };
    expect(foldValue(tree, add)).toBe(true);
    // The second device's filing of the same item has no effect, and what it was made of is known from now on.
    expect(foldValue(tree, add)).toBe(false);
    const known = {
      isNewBlob: (blob: string) => tree.isNewBlob(blob),
      isFiled: (item: string) => tree.nodes().some(({ from }) => from?.item === item),
    };
    expect(summary(await judge(drop.opening, sealed.item, { known }))).toBe("filed-before");
    expect(summary(await judge(drop.opening, (await drop.seal(content)).item, { known }))).toBe("bad known-blob");
  });

  it("of one byte changed anywhere is a forgery", async () => {
    for (let at = 0; at < sealed.item.length; at += 7) {
      const changed = sealed.item.slice();
      changed[at] = changed[at]! ^ 0x40;
      const verdict = await judge(drop.opening, changed);
      expect(summary(verdict)).toBe("bad forged");
      expect(verdict).toMatchObject({ receiptKey: null });
    }
    for (const length of [0, 31, 47, sealed.item.length - 1])
      expect(summary(await judge(drop.opening, sealed.item.slice(0, length)))).toBe("bad forged");
    expect(summary(await judge(drop.opening, concat(new Uint8Array(32), sealed.item.slice(32))))).toBe("bad forged");
  });

  it("that a server makes, which knows every public key but no invitation, is a forgery", async () => {
    const { inboxPub } = inboxOf(keys);
    const made = await sealItem(provider, drop.opening.place, { inboxPub, psk: provider.randomBytes(32) }, content);
    expect(summary(await judge(drop.opening, made.item))).toBe("bad forged");
  });

  it("put under another drop, another epoch, another folder is told by where it belongs", async () => {
    const other = await dropOf(keys, 0);
    const later = await dropOf(await deriveOwnerKeys(provider, generateRoot(provider)), 1);
    const others = [other.opening, drop.opening, later.opening];
    expect(summary(await judge(other.opening, sealed.item, { others }))).toBe("bad other-drop");
    expect(summary(await judge(later.opening, sealed.item, { others }))).toBe("bad other-epoch");
    expect(summary(await judge(other.opening, sealed.item))).toBe("bad forged");
    const elsewhere = { ...drop.opening, place: { ...drop.opening.place, folderId: newId() } };
    expect(summary(await judge(elsewhere, sealed.item))).toBe("bad forged");
    const prolonged = { ...drop.opening, place: { ...drop.opening.place, expires: expires + 1 } };
    expect(summary(await judge(prolonged, sealed.item))).toBe("bad forged");
  });

  it("brings blobs that the folder never saw, thumbnail too", async () => {
    const thumbnail = contentNamed("t").version;
    const both = await drop.seal(contentNamed("IMG_0002.jpg", { version: { ...contentNamed("x").version, thumbnail } }));
    expect(summary(await judge(drop.opening, both.item))).toBe("file");
    expect(summary(await judge(drop.opening, both.item, { known: { isNewBlob: (blob) => blob !== thumbnail.blob } }))).toBe(
      "bad known-blob",
    );
  });

  it("is refused once it is first seen more than seven days after its drop expired", async () => {
    expect(summary(await judge(drop.opening, sealed.item, { firstSeen: expires + graceSeconds }))).toBe("file");
    expect(summary(await judge(drop.opening, sealed.item, { firstSeen: expires + graceSeconds + 1 }))).toBe("too-late");
  });

  it("posted under an earlier epoch opens by the inbox keys that the rekey kept", async () => {
    const next = await deriveOwnerKeys(provider, generateRoot(provider));
    const place = { folderId, epoch: 0 };
    const kept = await sealKeep(provider, next.keep, place, await exportOldInboxAndDrop(provider, root));
    const old = await openKeep(provider, next.keep, place, kept);
    const opening = await openingOf(provider, old, place, { random: drop.random, expires });
    expect(opening.place).toEqual(drop.opening.place);
    expect(await judge(opening, sealed.item)).toMatchObject({ verdict: "file", content });
    const wrongEpoch = await openingOf(provider, old, { folderId, epoch: 1 }, { random: drop.random, expires });
    expect(summary(await judge(wrongEpoch, sealed.item))).toBe("bad forged");
  });
});

describe("what an item says", () => {
  const judgedRaw = async (framed: Bytes): Promise<string> => {
    const { inboxPub } = inboxOf(keys);
    const { sealed: item } = await hpkeSeal(provider, inboxPub, itemSetting(drop.opening.place, drop.opening.psk), framed);
    return summary(await judge(drop.opening, item));
  };
  const judged = (value: unknown) => judgedRaw(frame(toUtf8(typeof value === "string" ? value : JSON.stringify(value))));

  it("is read member by member; unknown ones are ignored", async () => {
    const good = { v: 1, ...content };
    expect(await judged({ ...good, more: "ignored", version: { ...content.version, more: 1 } })).toBe("file");
    expect(readContent(toUtf8(JSON.stringify({ ...good, more: 1 })))).toEqual(content);
    const bad: Record<string, unknown>[] = [
      { v: 0 },
      { v: "1" },
      { v: undefined },
      { batch: "AB".repeat(16) },
      { batch: undefined },
      { n: 1 },
      { n: -1 },
      { n: 0.5 },
      { total: 0 },
      { name: "" },
      { name: "é".repeat(128) },
      { name: "\ud800" },
      { name: undefined },
      { type: null },
      { modified: -1 },
      { modified: "1764000000000" },
      { version: null },
      { version: { ...content.version, suite: 2 } },
      { version: { ...content.version, key: `${content.version.key}=` } },
      { version: { ...content.version, sealedSize: content.version.sealedSize + 1 } },
      { version: { ...content.version, thumbnail: content.version } },
      { fields: "text" },
      { fields: { large: "x".repeat(4096) } },
      { fields: { fraction: 0.5 } },
    ];
    for (const change of bad) expect([change, await judged({ ...good, ...change })]).toEqual([change, "bad malformed"]);
    expect(await judged({ ...good, v: 2 })).toBe("bad newer");
  });

  it("is malformed where it is no JSON, no object, no UTF-8, or not framed as it must be", async () => {
    for (const text of ["", "{", "[]", "null", "7", '"text"']) expect(await judged(text)).toBe("bad malformed");
    expect(await judgedRaw(frame(Uint8Array.of(0x7b, 0xff, 0x7d)))).toBe("bad malformed");
    expect(await judgedRaw(frame(concat(Uint8Array.of(0xef, 0xbb, 0xbf), toUtf8(JSON.stringify({ v: 1, ...content })))))).toBe(
      "bad malformed",
    );
    const framed = frame(toUtf8(JSON.stringify({ v: 1, ...content })));
    expect(await judgedRaw(framed.slice(0, -1))).toBe("bad malformed");
    expect(await judgedRaw(concat(framed.slice(0, -1), Uint8Array.of(1)))).toBe("bad malformed");
    expect(await judgedRaw(frame(toUtf8(JSON.stringify({ v: 1, ...content, more: "x".repeat(49_152) }))))).toBe("bad malformed");
  });

  it("never throws anything but the two codes, whatever the JSON", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          readContent(toUtf8(text.toWellFormed()));
        } catch (error) {
          expect(isKeyfoldError(error, "malformed") || isKeyfoldError(error, "unsupported-version")).toBe(true);
        }
      }),
    );
  });

  it("is not sealed where nobody could file it", async () => {
    await expect(drop.seal(contentNamed(""))).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(drop.seal(contentNamed("a", { n: 1 }))).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

describe("a receipt", () => {
  it("says to the phone what an owner made of its item, and to no other", async () => {
    for (const [verdict, status] of [
      [await judge(drop.opening, sealed.item), "filed"],
      [await judge(drop.opening, sealed.item, { known: { isFiled: () => true } }), "filed"],
      [await judge(drop.opening, sealed.item, { firstSeen: expires + graceSeconds + 1 }), "refused"],
      [await judge(drop.opening, sealed.item, { known: { isNewBlob: () => false } }), "quarantined"],
    ] as const) {
      expect(receiptStatus(verdict)).toBe(status);
      if (verdict.verdict === "bad" && verdict.receiptKey === null) throw new Error("no receipt");
      const receipt = await makeReceipt(provider, verdict.receiptKey!, verdict.itemId, statusNumber(status));
      expect(await readReceipt(provider, sealed.receiptKey, sealed.itemId, receipt)).toBe(status);
      const other = await drop.seal(contentNamed("other"));
      expect(await readReceipt(provider, other.receiptKey, sealed.itemId, receipt)).toBeNull();
      expect(await readReceipt(provider, sealed.receiptKey, other.itemId, receipt)).toBeNull();
    }
  });

  it("that is changed, cut, of an unknown status or made up says nothing", async () => {
    const receipt = await makeReceipt(provider, sealed.receiptKey, sealed.itemId, 1);
    for (let at = 0; at < 32; at++) {
      const changed = receipt.slice();
      changed[at] = changed[at]! ^ 1;
      expect(await readReceipt(provider, sealed.receiptKey, sealed.itemId, changed)).toBeNull();
    }
    for (const other of [
      receipt.slice(1),
      new Uint8Array(),
      provider.randomBytes(32),
      await makeReceipt(provider, sealed.receiptKey, sealed.itemId, 4),
    ]) {
      expect(await readReceipt(provider, sealed.receiptKey, sealed.itemId, other)).toBeNull();
    }
  });
});
