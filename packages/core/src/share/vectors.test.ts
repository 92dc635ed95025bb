import { expect, test } from "vitest";
import { providers } from "../../test/providers.ts";
import { vectorSuite } from "../../test/vectors.ts";
import { concat, fromBase64url, fromHex, toBase64url, toHex } from "../crypto/encoding.ts";
import { readFragment, readKeyFor, readKeyOfLink } from "../folder/read-link.ts";
import { deriveOwnerKeys } from "../key/schedule.ts";
import { signPubOf } from "../protocol/identity.ts";
import { shareAad, shareText, signerMarkOf } from "../protocol/share.ts";
import { readShareLink, shareFragment } from "./link.ts";
import { readManifest, writeManifest } from "./manifest.ts";
import { openManifest, sealManifest, sealPacked } from "./sealed-manifest.ts";
import { openingMaterial, shareIdOf, shareOpening, shareSecret, stretchPassphrase } from "./secrets.ts";

interface ShareVector {
  readonly root: string;
  readonly folderId: string;
  readonly random: string;
  readonly s: string;
  readonly signPub: string;
  readonly signerMark: string;
  readonly fragment: string;
  readonly id: string;
  readonly passphrase: string | null;
  readonly passphraseNfkc?: string;
  readonly argon2?: string;
  readonly x: string;
  readonly key: string;
  readonly token: string;
  readonly tokenHash: string;
  readonly version: number;
  readonly expires: number;
  readonly manifest: { readonly v: number; readonly at: number; readonly nodes: readonly unknown[] };
  readonly gzip: string;
  readonly nonce: string;
  readonly aad: string;
  readonly sealed: string;
  readonly hashOfSealed: string;
  readonly M: string;
  readonly signature: string;
}

vectorSuite<readonly ShareVector[]>("shares", (cases, count) => {
  const runs = providers.flatMap(([name, provider]) => cases.map((one, i) => [`${name}, share ${i}`, one, provider] as const));
  test.for(runs)("%s: every value on the way", { timeout: 60_000 }, async ([, one, provider]) => {
    const keys = await deriveOwnerKeys(provider, fromHex(one.root));
    const secret = await shareSecret(provider, keys.share, fromHex(one.random));
    expect(toHex(secret)).toBe(one.s);
    const signPub = signPubOf(keys.keys).slice();
    expect(toHex(signPub)).toBe(one.signPub);
    const signerMark = await signerMarkOf(provider, signPub);
    expect(toHex(signerMark)).toBe(one.signerMark);
    expect(shareFragment({ secret, signerMark })).toBe(one.fragment);
    expect(readShareLink(`https://files.example.com/share#${one.fragment}`)).toEqual({ secret, signerMark });
    expect(await shareIdOf(provider, secret)).toBe(one.id);

    const stretched = one.passphrase === null ? null : await stretchPassphrase(provider, secret, one.passphrase);
    if (stretched !== null) {
      expect(toHex(new TextEncoder().encode(one.passphrase!.normalize("NFKC")))).toBe(one.passphraseNfkc);
      expect(toHex(stretched)).toBe(one.argon2);
    }
    expect(toHex(openingMaterial(secret, stretched))).toBe(one.x);
    const { key, token } = await shareOpening(provider, secret, stretched);
    expect(toHex(token)).toBe(one.token);
    expect(toHex(await provider.sha256(token))).toBe(one.tokenHash);

    const place = { folderId: one.folderId, share: one.id, version: one.version, expires: one.expires };
    expect(toHex(shareAad(place))).toBe(one.aad);
    // The key is a handle; that it is the vector's shows in what it seals, byte for byte.
    const ours = await sealPacked(provider, { key, sign: keys.sign }, place, fromHex(one.gzip), fromHex(one.nonce));
    const theirs = await provider.importAes(fromHex(one.key));
    expect(await sealPacked(provider, { key: theirs, sign: keys.sign }, place, fromHex(one.gzip), fromHex(one.nonce))).toEqual(ours);
    expect(toBase64url(ours.sealed)).toBe(one.sealed);
    expect(toHex(await provider.sha256(ours.sealed))).toBe(one.hashOfSealed);
    expect(toHex(await shareText(provider, place, ours.sealed))).toBe(one.M);
    expect(toHex(ours.signature)).toBe(one.signature);

    const served = {
      folderId: one.folderId,
      signPub,
      version: one.version,
      expires: one.expires,
      sealed: fromBase64url(one.sealed),
      signature: fromHex(one.signature),
    };
    const opened = await openManifest(provider, key, signerMark, one.id, served);
    expect(opened).toEqual({ at: one.manifest.at, nodes: one.manifest.nodes });
    expect(JSON.parse(writeManifest(opened))).toEqual(one.manifest);
    expect(readManifest(JSON.stringify(one.manifest))).toEqual(opened);
    const again = await sealManifest(provider, { key, sign: keys.sign }, place, opened);
    expect(await openManifest(provider, key, signerMark, one.id, { ...served, ...again })).toEqual(opened);
    count();
  });
});

vectorSuite<{ readonly root: string; readonly fragment: string }>("liveFolderLink", (one, count) => {
  test.for(providers)("%s: the read key and the key's id, from the root and from the read key itself", async ([, provider]) => {
    const root = fromHex(one.root);
    const { keys, keyId } = await deriveOwnerKeys(provider, root);
    const made = await readKeyFor(provider, keys, root);
    expect(made.keyId).toBe(keyId);
    expect(readFragment(made)).toBe(one.fragment);
    expect(readKeyOfLink(`https://files.example.com/f/${"0".repeat(32)}#${one.fragment}`)).toEqual(made);
    expect(await readKeyFor(provider, keys, made.read)).toEqual(made);
    expect(toHex(concat(made.read, fromHex(keyId)))).toBe(toHex(fromBase64url(one.fragment)));
    await expect(readKeyFor(provider, keys, new Uint8Array(64))).rejects.toMatchObject({ code: "wrong-key" });
    await expect(readKeyFor(provider, keys, new Uint8Array(32))).rejects.toMatchObject({ code: "wrong-key" });
    await expect(readKeyFor(provider, keys, new Uint8Array(33))).rejects.toMatchObject({ code: "invalid-argument" });
    count();
  });
});
