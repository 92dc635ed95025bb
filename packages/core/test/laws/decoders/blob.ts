/** Laws of blobs: what is sent and read of them, and what opens. */
import { deepStrictEqual } from "node:assert/strict";
import { concat, toBase64url } from "../../../src/crypto/encoding.ts";
import { decodeReadBundle, decodeSentBundle, encodeReadBundle, encodeSentBundle } from "../../../src/protocol/bundle.ts";
import { createOpener } from "../../../src/seal/opener.ts";
import { createSealer, drawBlob } from "../../../src/seal/sealer.ts";
import { provider } from "../../device.ts";
import { idOf } from "../../ops.ts";
import { sealAll } from "../../sealing.ts";
import { law, type Law } from "../law.ts";
import { damage, damaged, type Damage } from "../mutation.ts";
import { judged, ofBytes, once } from "./judged.ts";

export const sealedBlob = once(async () => {
  const content = Uint8Array.from({ length: 3000 }, (_, i) => i);
  const sealer = await createSealer(provider, { ...drawBlob(provider), size: content.length, padded: true });
  const parts = await sealAll(sealer, content);
  return {
    content,
    part: parts[0]!.bytes,
    hashes: concat(...parts.map(({ hash }) => hash)),
    descriptor: await sealer.describe(parts.map(({ hash }) => hash)),
  };
});

export const blobLaws: readonly Law[] = [
  ofBytes(
    "bundles that are sent",
    300,
    async () => [
      encodeSentBundle([
        { blob: idOf(1), index: 0, hash: new Uint8Array(32), bytes: new Uint8Array(50) },
        { blob: idOf(2), index: 3, hash: new Uint8Array(32), bytes: new Uint8Array(0) },
      ]),
    ],
    (bytes) => {
      deepStrictEqual(encodeSentBundle(decodeSentBundle(bytes)), bytes);
    },
  ),
  ofBytes(
    "bundles that are read",
    300,
    async () => [
      encodeReadBundle([
        { blob: idOf(1), index: 0, bytes: new Uint8Array(50) },
        { blob: idOf(2), index: 3, bytes: null },
      ]),
    ],
    (bytes) => {
      deepStrictEqual(encodeReadBundle(decodeReadBundle(bytes)), bytes);
    },
  ),
  law("blobs gives out the content or nothing", 100, [damage, damage], async (ofPart, ofHashes) => {
    const { part, hashes, descriptor, content } = await sealedBlob();
    await judged(async () => {
      const opener = createOpener(provider, descriptor);
      await opener.acceptPartHashes(damaged(hashes, ofHashes));
      deepStrictEqual(await opener.openPart(0, damaged(part, ofPart)), content);
    });
  }),
  law("blobs whose digest was made to fit, by somebody with another key", 60, [damage], async (how: readonly Damage[]) => {
    const { part, descriptor, content } = await sealedBlob();
    const wrong = damaged(part, how);
    const hash = await provider.sha256(wrong);
    const digest = toBase64url(await provider.sha256(hash));
    await judged(async () => {
      const opener = createOpener(provider, { ...descriptor, digest });
      await opener.acceptPartHashes(hash);
      deepStrictEqual(await opener.openPart(0, wrong), content);
    });
  }),
];
