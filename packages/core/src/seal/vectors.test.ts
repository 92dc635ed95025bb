import { expect, it } from "vitest";
import { contentOf, cutIntoParts, openAll, sealAll, sha256 } from "../../test/sealing.ts";
import { providerVectorSuite, tinkSuite } from "../../test/vectors.ts";
import { concat, fromBase64url, fromHex, toHex } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import type { Descriptor } from "./blob.ts";
import { createOpener, createStreamOpener } from "./opener.ts";
import { createSealer, createStreamSealer } from "./sealer.ts";
import type { StreamSuite } from "./stream.ts";

interface BlobVectors {
  cases: {
    size: number;
    padding: boolean;
    blob: string;
    contentKey: string;
    salt: string;
    prefix: string;
    contentSha256: string;
    header: string;
    sealedSize: number;
    sealedSha256: string;
    partHashes: string[];
    digest: string;
    descriptor: Descriptor;
    sealed?: string;
  }[];
  refused: { name: string; descriptor: Descriptor; partHashes: string[]; sealed: string; code: string }[];
}

providerVectorSuite<BlobVectors>("blobs", ({ cases, refused }, count, provider) => {
  it.each(cases)("$size bytes, padded: $padding, are sealed to the vector's bytes and opened again", async (vector) => {
    const content = contentOf(vector.size);
    expect(sha256(content)).toBe(vector.contentSha256);
    const sealer = await createSealer(provider, {
      blob: vector.blob,
      key: fromHex(vector.contentKey),
      size: vector.size,
      padded: vector.padding,
      salt: fromHex(vector.salt),
      prefix: fromHex(vector.prefix),
    });
    const parts = await sealAll(sealer, content);
    const hashes = parts.map(({ hash }) => hash);
    const sealed = concat(...parts.map(({ bytes }) => bytes));
    expect(toHex(sealed.subarray(0, 40))).toBe(vector.header);
    expect(sealed.length).toBe(vector.sealedSize);
    expect(sha256(sealed)).toBe(vector.sealedSha256);
    if (vector.sealed !== undefined) expect(toHex(sealed)).toBe(vector.sealed);
    expect(hashes.map(toHex)).toEqual(vector.partHashes);
    const descriptor = await sealer.describe(hashes);
    expect(descriptor).toEqual(vector.descriptor);
    expect(toHex(fromBase64url(descriptor.digest))).toBe(vector.digest);

    const opened = await openAll(createOpener(provider, descriptor), hashes, cutIntoParts(sealed));
    expect(sha256(opened)).toBe(vector.contentSha256);
    count();
  });

  it.each(refused)("refused: $name", async ({ descriptor, partHashes, sealed, code }) => {
    const opening = async (): Promise<Bytes> =>
      openAll(
        createOpener(provider, descriptor),
        partHashes.map((hash) => fromHex(hash)),
        cutIntoParts(fromHex(sealed)),
      );
    await expect(opening()).rejects.toMatchObject({ code: "tampered", reason: code });
    count();
  });
});

interface TinkVector {
  id: number;
  hkdf: "SHA256" | "SHA512";
  ikm: string;
  segmentSize: number;
  aad: string;
  ptLen: number;
  ptSha256: string;
  ctLen: number;
  ctSha256: string;
  ct?: string;
  ctHead?: string;
}

tinkSuite<TinkVector[]>((vectors, count, provider) => {
  it.each(vectors)("$id: $ptLen bytes in segments of $segmentSize", async (vector) => {
    const suite: StreamSuite = { hash: vector.hkdf === "SHA256" ? "SHA-256" : "SHA-512", segmentSize: vector.segmentSize };
    const content = contentOf(vector.ptLen);
    expect(sha256(content)).toBe(vector.ptSha256);
    const head = Uint8Array.from(vector.ct === undefined ? Buffer.from(vector.ctHead!, "hex") : Buffer.from(vector.ct, "base64"));
    const stream = { key: fromHex(vector.ikm), info: fromHex(vector.aad), size: vector.ptLen, plainSize: vector.ptLen };
    const sealer = await createStreamSealer(provider, suite, { ...stream, salt: head.slice(1, 33), prefix: head.slice(33, 40) });
    const parts = await sealAll(sealer, content);
    const sealed = concat(...parts.map(({ bytes }) => bytes));
    expect(sealed.length).toBe(vector.ctLen);
    expect(sha256(sealed)).toBe(vector.ctSha256);
    expect(sealed.subarray(0, head.length)).toEqual(head);

    const hashes = parts.map(({ hash }) => hash);
    const opener = createStreamOpener(provider, suite, { ...stream, digest: await provider.sha256(concat(...hashes)) });
    expect(sha256(await openAll(opener, hashes, cutIntoParts(sealed, 4 * suite.segmentSize)))).toBe(vector.ptSha256);
    count();
  });
});
