import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { idOf, ops, versionOf } from "../../test/ops.ts";
import type { Bytes } from "../crypto/provider.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { KeyfoldError } from "../error.ts";
import { deriveOwnerKeys, generateRoot, type OwnerKeys } from "../key/schedule.ts";
import { signPubOf } from "../protocol/identity.ts";
import {
  decodePublication,
  decodeServedManifest,
  encodePublication,
  encodeServedManifest,
  signerMarkOf,
  type ServedManifest,
} from "../protocol/share.ts";
import { chooseIn, chosenIn } from "../protocol/clear.ts";
import { applyOp } from "../tree/fold.ts";
import type { Op } from "../tree/op.ts";
import { Tree } from "../tree/tree.ts";
import { blobsOfNodes, readManifest, sharedNodes, writeManifest, type Manifest, type SharedNode } from "./manifest.ts";
import { openManifest, sealManifest } from "./sealed-manifest.ts";
import { openStretched, sealStretched, shareIdOf, shareOpening, shareSecret, type ShareOpening } from "./secrets.ts";
import { sharedTree } from "./shared-tree.ts";

const provider = webCryptoProvider();
const random = new Uint8Array(16).fill(7);

let keys: OwnerKeys;
let secret: Bytes;
let share: string;
let opening: ShareOpening;
let mark: Bytes;
const folderId = "ab".repeat(16);
const manifest: Manifest = { at: 1764000000000, nodes: [{ name: "a.txt", node: idOf(1), version: versionOf(1) }] };

beforeAll(async () => {
  keys = await deriveOwnerKeys(provider, generateRoot(provider));
  secret = await shareSecret(provider, keys.share, random);
  share = await shareIdOf(provider, secret);
  opening = await shareOpening(provider, secret, null);
  mark = await signerMarkOf(provider, signPubOf(keys.keys));
});

async function served(by = keys, version = 1, expires = 0): Promise<ServedManifest> {
  const sealed = await sealManifest(provider, { key: opening.key, sign: by.sign }, { folderId, share, version, expires }, manifest);
  return { ...sealed, folderId, signPub: signPubOf(by.keys).slice() };
}

describe("a sealed manifest", () => {
  test("with any bit changed, of what is served or of what it stands on, is refused", async () => {
    const body = encodeServedManifest(await served(keys, 3, 1795536000));
    const open = (bytes: Bytes) => openManifest(provider, opening.key, mark, share, decodeServedManifest(bytes));
    expect(await open(body)).toEqual(manifest);
    const codes = new Set<string>();
    for (let bit = 0; bit < 8 * body.length; bit++) {
      const changed = body.slice();
      changed[bit >> 3]! ^= 0x80 >> (bit & 7);
      const error: unknown = await Promise.resolve()
        .then(() => open(changed))
        .then(
          () => null,
          (thrown: unknown) => thrown,
        );
      expect(error, `bit ${bit}`).toBeInstanceOf(KeyfoldError);
      codes.add((error as KeyfoldError).code);
    }
    expect([...codes].toSorted()).toEqual(["malformed", "tampered"]);
  }, 60_000);

  test("of another signer, another share, another folder, under another key, cut short, is refused", async () => {
    const good = await served();
    const other = await deriveOwnerKeys(provider, generateRoot(provider));
    const reason = async (one: ServedManifest, id = share, key = opening.key) => {
      const error: unknown = await openManifest(provider, key, mark, id, one).catch((thrown: unknown) => thrown);
      return error instanceof KeyfoldError ? `${error.code} ${error.reason}` : "opened";
    };
    expect(await reason(good)).toBe("opened");
    expect(await reason(await served(other))).toBe("tampered signer");
    expect(await reason({ ...(await served(other)), signPub: good.signPub })).toBe("tampered signature");
    expect(await reason(good, "cd".repeat(16))).toBe("tampered signature");
    expect(await reason({ ...good, folderId: "cd".repeat(16) })).toBe("tampered signature");
    expect(await reason({ ...good, version: 2 })).toBe("tampered signature");
    expect(await reason({ ...good, expires: 9 })).toBe("tampered signature");
    expect(await reason({ ...good, sealed: good.sealed.slice(0, -1) })).toBe("tampered signature");
    const another = await shareOpening(provider, secret, new Uint8Array(32));
    expect(await reason(good, share, another.key)).toBe("tampered tag");
  });

  test("travels as it was sent", async () => {
    const { sealed, signature, version, expires } = await served();
    const blobs = [versionOf(3).blob, versionOf(1).blob];
    const publication = {
      version,
      expires,
      limit: 4,
      seq: 9,
      tokenHash: new Uint8Array(32).fill(1),
      kept: new Uint8Array(60),
      blobs,
      sealed,
      signature,
    };
    const body = encodePublication(publication);
    expect(decodePublication(body)).toEqual({ ...publication, blobs: blobs.toSorted() });
    for (let end = 0; end < body.length; end += 13) {
      try {
        const cut = decodePublication(body.slice(0, end));
        expect(cut.sealed.length).toBeLessThan(sealed.length);
      } catch (error) {
        expect(error).toMatchObject({ code: "malformed" });
      }
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        for (const decode of [decodePublication, decodeServedManifest]) {
          try {
            decode(Uint8Array.from(bytes));
          } catch (error) {
            expect(error).toBeInstanceOf(KeyfoldError);
          }
        }
      }),
    );
  });

  test("a stretched passphrase is kept for owners, at its own place only", async () => {
    const stretched = provider.randomBytes(32);
    const place = { folderId, share, random };
    const kept = await sealStretched(provider, keys.share, place, stretched);
    expect(await openStretched(provider, keys.share, place, kept)).toEqual(stretched);
    const other = await deriveOwnerKeys(provider, generateRoot(provider));
    for (const [key, where] of [
      [other.share, place],
      [keys.share, { ...place, share: "cd".repeat(16) }],
      [keys.share, { ...place, folderId: "cd".repeat(16) }],
      [keys.share, { ...place, random: new Uint8Array(16) }],
    ] as const) {
      await expect(openStretched(provider, key, where, kept)).rejects.toMatchObject({ code: "tampered" });
    }
    await expect(openStretched(provider, keys.share, place, kept.slice(1))).rejects.toMatchObject({ code: "malformed" });
  });
});

describe("what is shared", () => {
  test("is what stands in and below the nodes, whatever happened to the tree", () => {
    let shown = 0;
    const standing: Op[] = [0, 1, 2, 3, 4].map((n) => ({ op: "mkdir", node: idOf(n), parent: n < 2 ? null : idOf(n - 2), name: "d" }));
    for (const n of [5, 6, 7, 8, 9])
      standing.push({ op: "add", node: idOf(n), parent: idOf(n - 5), name: "f", version: versionOf(100 + n) });
    fc.assert(
      fc.property(ops(), fc.array(fc.nat({ max: 9 }).map(idOf), { minLength: 1, maxLength: 4 }), (list, ids) => {
        const tree = new Tree();
        for (const op of [...standing, ...list]) applyOp(tree, op);
        const nodes = sharedNodes(tree, ids);
        shown += nodes.length;
        const expected = new Set(
          tree
            .nodes()
            .filter(({ node }) => !tree.liesInTrash(node) && ids.some((id) => tree.isWithin(node, id)))
            .map(({ node }) => node),
        );
        expect(nodes.map(({ node }) => node!).toSorted()).toEqual([...expected].toSorted());
        // It comes back through JSON, and is a tree with the same places.
        const again = readManifest(writeManifest({ at: 1, nodes }));
        expect(again.nodes).toEqual(nodes);
        const copy = sharedTree(again.nodes);
        for (const { node } of nodes) {
          const [here, there] = [tree.get(node!)!, copy.get(node!)!];
          expect(there.name).toBe(here.name);
          expect(there.parent).toBe(expected.has(here.parent ?? "") ? here.parent : null);
          expect(there.versions.at(-1)?.descriptor).toEqual(here.versions.at(-1)?.descriptor);
          expect(there.versions.length).toBe(here.kind === "file" ? 1 : 0);
        }
      }),
      { numRuns: 300 },
    );
    expect(shown).toBeGreaterThan(300);
  });

  test("names thumbnails' blobs as well", () => {
    expect(blobsOfNodes([{ name: "d" }, { name: "p.jpg", parent: 0, version: versionOf(1, 2) }])).toEqual([
      versionOf(1).blob,
      versionOf(2).blob,
    ]);
  });

  test("a manifest that is not one is refused", () => {
    const file: SharedNode = { name: "a", version: versionOf(1) };
    const text = (value: object): string => JSON.stringify({ v: 1, at: 0, nodes: [], ...value });
    expect(readManifest(text({ nodes: [{ ...file, more: 1 }], more: 1 }))).toEqual({ at: 0, nodes: [file] });
    for (const nodes of [
      [{ ...file, name: "" }],
      [{ ...file, name: "x".repeat(256) }],
      [{ ...file, version: { ...file.version, size: -1 } }],
      [{ ...file, version: null }],
      [{ ...file, parent: 0 }],
      [{ ...file, parent: -1 }],
      [{ ...file, parent: 0.5 }],
      [file, { name: "below a file", parent: 0 }],
      [{ ...file, node: "x" }],
      "none",
    ]) {
      expect(() => readManifest(text({ nodes })), JSON.stringify(nodes)).toThrow(expect.objectContaining({ code: "malformed" }));
    }
    for (const value of ["", "[]", "null", "1", text({ v: 0 }), text({ at: "x" }), text({ checkpoint: "A".repeat(59) + "!" })]) {
      expect(() => readManifest(value), value).toThrow(expect.objectContaining({ code: "malformed" }));
    }
    expect(() => readManifest(text({ v: 2 }))).toThrow(expect.objectContaining({ code: "unsupported-version" }));
    const twice = readManifest(text({ nodes: [file, { ...file, name: "b" }] }));
    expect(() => sharedTree(twice.nodes)).toThrow(expect.objectContaining({ code: "malformed" }));
    const deep = Array.from({ length: 65 }, (_, i): SharedNode => ({ name: "d", ...(i === 0 ? {} : { parent: i - 1 }) }));
    expect(() => sharedTree(deep)).toThrow(expect.objectContaining({ code: "malformed" }));
    expect(sharedTree(deep.slice(0, 64)).nodeCount).toBe(64);
  });
});

test("what is deleted at once is a bit for each dropped id, and nothing beyond them", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 999 }), { maxLength: 40 }), fc.array(fc.nat({ max: 999 })), (dropped, chosen) => {
      const ids = dropped.map(idOf).toSorted();
      const bits = chooseIn(ids, new Set(chosen.map(idOf)));
      expect(chosenIn(ids, bits)).toEqual(ids.filter((id) => chosen.map(idOf).includes(id)));
      if (bits === undefined) return;
      expect(() => chosenIn([...ids, ...Array.from({ length: 8 }, (_, i) => idOf(i))], bits)).toThrow(KeyfoldError);
      expect(() => chosenIn(ids.slice(0, -8), bits)).toThrow(KeyfoldError);
      if (ids.length % 8 === 0) return;
      const beyond = bits.slice();
      beyond[beyond.length - 1]! |= 1;
      expect(() => chosenIn(ids, beyond)).toThrow(KeyfoldError);
    }),
  );
});
