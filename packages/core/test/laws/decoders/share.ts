/** Laws of shares: what is published, and what who has a link is given. */
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { ShareApi } from "../../../src/api/share-api.ts";
import { concat, toBase64url, toUtf8 } from "../../../src/crypto/encoding.ts";
import type { Bytes } from "../../../src/crypto/provider.ts";
import { encodeCheckpoint } from "../../../src/log/checkpoint.ts";
import { gzip } from "../../../src/log/gzip.ts";
import * as wire from "../../../src/protocol/share.ts";
import { frame } from "../../../src/seal/padding.ts";
import { readManifest, writeManifest, type Manifest } from "../../../src/share/manifest.ts";
import { Recipient } from "../../../src/share/recipient.ts";
import { openManifest, sealManifest } from "../../../src/share/sealed-manifest.ts";
import { openStretched, sealStretched, shareIdOf, shareOpening, shareSecret } from "../../../src/share/secrets.ts";
import { sharedTree } from "../../../src/share/shared-tree.ts";
import { provider } from "../../device.ts";
import { idOf, versionOf } from "../../ops.ts";
import { law, type Law } from "../law.ts";
import { damage, damaged, damagedJson, jsonDamage } from "../mutation.ts";
import { answering } from "./answering.ts";
import { judged, ofBytes, ofJson, once } from "./judged.ts";
import { examples } from "./schema.ts";
import { written } from "./written.ts";

const random = new Uint8Array(16).fill(9);
const manifest: Manifest = {
  at: 1,
  checkpoint: { epoch: 1, seq: 12, head: new Uint8Array(32).fill(7) },
  nodes: [
    { name: "d", node: idOf(1) },
    { name: "f", node: idOf(2), parent: 0, version: versionOf(1, 2) },
  ],
};

/** A share of the log's folder, published. */
const published = once(async () => {
  const { device } = await written();
  const { keys, sign, share: shareKey } = device.keys;
  const { folderId } = device.position;
  const secret = await shareSecret(provider, shareKey, random);
  const id = await shareIdOf(provider, secret);
  const opening = await shareOpening(provider, secret, null);
  const signPub = keys.slice(0, 32);
  const signerMark = await wire.signerMarkOf(provider, signPub);
  const place = { folderId, share: id, version: 3, expires: 0 };
  const sealed = await sealManifest(provider, { key: opening.key, sign }, place, manifest);
  const served: wire.ServedManifest = { folderId, signPub, ...sealed };
  const keptPlace = { folderId, share: id, random };
  const kept = await sealStretched(provider, shareKey, keptPlace, new Uint8Array(32).fill(5));
  return { secret, id, opening, signerMark, place, served, keptPlace, kept, sign, shareKey };
});

const publicationSeeds = once(async () => {
  const { served, kept } = await published();
  const common = { ...served, limit: 5, seq: 12, tokenHash: new Uint8Array(32), blobs: [idOf(1), idOf(2)] };
  return [wire.encodePublication({ ...common, kept }), wire.encodePublication({ ...common, kept: new Uint8Array() })];
});
const servedSeeds = once(async () => [wire.encodeServedManifest((await published()).served)]);

export const shareLaws: readonly Law[] = [
  ofBytes("publications of shares takes only what it would write", 200, publicationSeeds, (bytes) => {
    deepStrictEqual(wire.encodePublication(wire.decodePublication(bytes)), bytes);
  }),
  ofBytes("manifests of shares as they are served takes only what it would write", 200, servedSeeds, (bytes) => {
    deepStrictEqual(wire.encodeServedManifest(wire.decodeServedManifest(bytes)), bytes);
  }),
  ofBytes(
    "lists of a share's blobs takes only what it would write",
    100,
    async () => [new Uint8Array(32).fill(3), new Uint8Array()],
    (bytes) => {
      const ids = wire.idsIn(bytes);
      deepStrictEqual(Uint8Array.from(Buffer.from(ids.join(""), "hex")), bytes);
    },
  ),
  ofJson(
    "manifests of shares, and the tree that they show",
    300,
    async () => {
      const checkpoint = toBase64url(encodeCheckpoint({ epoch: 1, seq: 12, head: new Uint8Array(32).fill(7) }));
      const nodes = [
        { name: "d", node: idOf(1) },
        { name: "e", parent: 0 },
        { name: "f", node: idOf(2), parent: 1, version: versionOf(1, 2) },
      ];
      return [
        { v: 1, at: 1, checkpoint, nodes },
        { v: 1, at: 1, nodes: [] },
      ];
    },
    (text) => {
      const manifest = readManifest(text);
      strictEqual(writeManifest(readManifest(writeManifest(manifest))), writeManifest(manifest));
      sharedTree(manifest.nodes);
    },
  ),
  ofBytes("manifests of shares opens none that was changed", 80, servedSeeds, async (bytes) => {
    const { opening, signerMark, id, served } = await published();
    const opened = await openManifest(provider, opening.key, signerMark, id, wire.decodeServedManifest(bytes));
    deepStrictEqual(bytes, wire.encodeServedManifest(served));
    deepStrictEqual(opened, manifest);
  }),
  law(
    "manifests of shares, whatever an owner signed",
    100,
    [jsonDamage, fc.constantFrom("json", "zip", "frame", "none"), damage],
    async (how, layer, torn) => {
      const { opening, signerMark, id, place, served, sign } = await published();
      const hit = (at: typeof layer, bytes: Bytes): Bytes => (at === layer ? damaged(bytes, torn) : bytes);
      const text = damagedJson(writeManifest(manifest), how);
      const framed = hit("frame", frame(hit("zip", gzip(hit("json", toUtf8(text.toWellFormed()))))));
      const nonce = provider.randomBytes(12);
      const sealed = concat(nonce, await provider.aesSeal(opening.key, nonce, framed, wire.shareAad(place)));
      const signature = await provider.sign(sign, await wire.shareText(provider, place, sealed));
      await judged(async () => {
        const { nodes } = await openManifest(provider, opening.key, signerMark, id, { ...served, sealed, signature });
        sharedTree(nodes);
      });
    },
  ),
  ofBytes(
    "kept passphrases opens none that was changed",
    80,
    async () => [(await published()).kept],
    async (bytes) => {
      const { shareKey, keptPlace, kept } = await published();
      deepStrictEqual(await openStretched(provider, shareKey, keptPlace, bytes), new Uint8Array(32).fill(5));
      deepStrictEqual(bytes, kept);
    },
  ),
  law(
    "a link with a server that answers anything shows what its owners signed, or nothing",
    80,
    [jsonDamage, damage, fc.nat({ max: 4 })],
    async (how, torn, newest) => {
      const { secret, signerMark, id } = await published();
      const standing = damagedJson(JSON.stringify({ ...examples.ShareStanding, share: id, passphrase: false }), how);
      const body = damaged((await servedSeeds())[0]!, torn);
      const http = answering((_method, path) => new Response(path.endsWith("/manifest") ? body.slice() : standing));
      const api = new ShareApi({ http, share: id, take: idOf(3) });
      let seen = newest;
      const port = { get: () => Promise.resolve(seen), set: async (version: number) => void (seen = version) };
      const judgement = await judged(() =>
        Recipient.open({ provider, api, fragment: { secret, signerMark }, share: id, seen: port }, undefined),
      );
      ok(seen >= newest, "no older version is believed later");
      if ("error" in judgement) return notStrictEqual(judgement.error.reason, "unforeseen");
      const { current } = judgement.value;
      strictEqual(current.version, 3);
      deepStrictEqual(current.manifest, manifest);
      ok(newest <= 3);
    },
  ),
];
