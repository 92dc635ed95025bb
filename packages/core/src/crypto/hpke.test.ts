import { createDecipheriv } from "node:crypto";
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 } from "hpke";
import { describe, expect, it } from "vitest";
import { isKeyfoldError } from "../error.ts";
import { providers } from "../../test/providers.ts";
import { concat, fromHex, toHex, toUtf8 } from "./encoding.ts";
import { exportSecret, hpkeOpen, hpkeSeal, kemSecret, keySchedule } from "./hpke.ts";

/** RFC 9180, appendix A.1.2: the nearest in it to our suite, which differs by the AEAD's number and key length alone. */
const rfc = {
  info: fromHex("4f6465206f6e2061204772656369616e2055726e"),
  skEm: fromHex("463426a9ffb42bb17dbe6044b9abd1d4e4d95f9041cef0e99d7824eef2b6f588"),
  pkEm: fromHex("0ad0950d9fb9588e59690b74f1237ecdf1d775cd60be2eca57af5a4b0471c91b"),
  skRm: fromHex("c5eb01eb457fe6c6f57577c5413b931550a162c71a03ac8d196babbd4e5ce0fd"),
  pkRm: fromHex("9fed7e8c17387560e92cc6462a68049657246a09bfa8ade7aefe589672016366"),
  psk: fromHex("0247fd33b913760fa1fa51e1892d9f307fbe65eb171e8132c2af18555a738b82"),
  pskId: fromHex("456e6e796e20447572696e206172616e204d6f726961"),
  sharedSecret: "727699f009ffe3c076315019c69648366b69171439bd7dd0807743bde76986cd",
  keyScheduleContext:
    "01e78d5cf6190d275863411ff5edd0dece5d39fa48e04eec1ed9b71be34729d18ccb6cffde367bb0565ba28bb02c90744a20f5ef37f30523526106f637abb05449",
  secret: "3728ab0b024b383b0381e432b47cced1496d2516957a76e2a9f5c8cb947afca4",
  key: "15026dba546e3ae05836fc7de5a7bb26",
  baseNonce: "9518635eba129d5ce0914555",
  exporterSecret: "3d76025dbbedc49448ec3f9080a1abab6b06e91c0b11ad23c912f043a0ee7655",
  ct: "e52c6fed7f758d0cf7145689f21bc1be6ec9ea097fef4e959440012f4feb73fb611b946199e681f4cfc34db8ea",
  plaintext: "Beauty is truth, truth beauty",
  exports: [
    ["", "dff17af354c8b41673567db6259fd6029967b4e1aad13023c2ae5df8f4f43bf6"],
    ["00", "6a847261d8207fe596befb52928463881ab493da345b10e1dcc645e3b94e2d95"],
    ["54657374436f6e74657874", "8aff52b45a1be3a734bc7a41e20b4e055ad4c4d22104b0c20285a7c4302401cd"],
  ],
} as const;
const aes128Gcm = { id: 1, keyLength: 16 };

describe.each(providers)("on %s", async (_, provider) => {
  describe("RFC 9180, appendix A.1.2 (PSK mode, X25519, HKDF-SHA256)", () => {
    it("gives the shared secret on both sides", async () => {
      const [sender, recipient] = await Promise.all([provider.importAgreement(rfc.skEm), provider.importAgreement(rfc.skRm)]);
      expect([sender.publicKey, recipient.publicKey]).toEqual([rfc.pkEm, rfc.pkRm]);
      for (const agreed of [await provider.agree(sender.key, rfc.pkRm), await provider.agree(recipient.key, rfc.pkEm)]) {
        expect(toHex(await kemSecret(provider, agreed, rfc.pkEm, rfc.pkRm))).toBe(rfc.sharedSecret);
      }
    });

    it("gives every value of the key schedule, and the exports", async () => {
      const schedule = await keySchedule(provider, fromHex(rfc.sharedSecret), rfc, aes128Gcm);
      const { keyScheduleContext, secret, key, baseNonce, exporterSecret } = rfc;
      expect(Object.fromEntries(Object.entries(schedule).map(([name, value]) => [name, toHex(value)]))).toEqual({
        keyScheduleContext,
        secret,
        key,
        baseNonce,
        exporterSecret,
      });
      for (const [context, exported] of rfc.exports) {
        expect(toHex(await exportSecret(provider, schedule.exporterSecret, fromHex(context), aes128Gcm))).toBe(exported);
      }
      const opener = createDecipheriv("aes-128-gcm", schedule.key, schedule.baseNonce).setAAD(toUtf8("Count-0"));
      opener.setAuthTag(fromHex(rfc.ct).subarray(-16));
      expect(opener.update(fromHex(rfc.ct).subarray(0, -16)).toString() + opener.final().toString()).toBe(rfc.plaintext);
    });
  });

  const setting = { psk: provider.randomBytes(32), pskId: provider.randomBytes(16), info: toUtf8("what it belongs to") };
  const scalar = provider.randomBytes(32);
  const recipient = await provider.importAgreement(scalar);
  const plaintext = toUtf8("sealed once");

  describe("beside an independent implementation of the same suite", () => {
    const suite = new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM);
    const { psk, pskId, info } = setting;
    const context = toUtf8("keyfold/1 receipt");

    it("opens what that seals, and exports the same", async () => {
      const { encapsulatedSecret, ctx } = await suite.SetupSender(await suite.DeserializePublicKey(recipient.publicKey), {
        psk,
        pskId,
        info,
      });
      const ct = await ctx.Seal(plaintext);
      const opened = await hpkeOpen(provider, recipient, setting, concat(encapsulatedSecret, ct));
      expect(opened.plaintext).toEqual(plaintext);
      expect(await opened.exporter(context)).toEqual(await ctx.Export(context, 32));
    });

    it("seals what that opens, and exports the same", async () => {
      const { sealed, exporter } = await hpkeSeal(provider, recipient.publicKey, setting, plaintext);
      const key = await suite.DeserializePrivateKey(scalar, false);
      const ctx = await suite.SetupRecipient(
        { privateKey: key, publicKey: await suite.DeserializePublicKey(recipient.publicKey) },
        sealed.slice(0, 32),
        {
          psk,
          pskId,
          info,
        },
      );
      expect(await ctx.Open(sealed.slice(32))).toEqual(plaintext);
      expect(await exporter(context)).toEqual(await ctx.Export(context, 32));
    });
  });

  describe("what does not open", () => {
    const opening = async (sealed: Uint8Array<ArrayBuffer>, change: Partial<typeof setting> = {}, to = recipient): Promise<string> => {
      try {
        await hpkeOpen(provider, to, { ...setting, ...change }, sealed);
        return "opened";
      } catch (error) {
        return isKeyfoldError(error) ? `${error.code} ${error.reason ?? ""}`.trim() : String(error);
      }
    };

    it("another secret, name, purpose, recipient, or any changed byte", async () => {
      const { sealed } = await hpkeSeal(provider, recipient.publicKey, setting, plaintext);
      expect(await opening(sealed)).toBe("opened");
      expect(await opening(sealed, { psk: provider.randomBytes(32) })).toBe("tampered tag");
      expect(await opening(sealed, { pskId: provider.randomBytes(16) })).toBe("tampered tag");
      expect(await opening(sealed, { info: toUtf8("something else") })).toBe("tampered tag");
      expect(await opening(sealed, {}, await provider.importAgreement(provider.randomBytes(32)))).toBe("tampered tag");
      for (let at = 0; at < sealed.length; at++) {
        const changed = sealed.slice();
        changed[at] = changed[at]! ^ 1;
        expect(await opening(changed)).toBe("tampered tag");
      }
    });

    it("too few bytes, and keys of small order", async () => {
      const { sealed } = await hpkeSeal(provider, recipient.publicKey, setting, plaintext);
      expect(await opening(sealed.slice(0, 47))).toBe("malformed");
      expect(await opening(concat(new Uint8Array(32), sealed.slice(32)))).toBe("malformed");
      await expect(hpkeSeal(provider, new Uint8Array(32), setting, plaintext)).rejects.toMatchObject({ code: "malformed" });
    });

    it("is never sealed with a weak or nameless PSK", async () => {
      const weak = hpkeSeal(provider, recipient.publicKey, { ...setting, psk: new Uint8Array(31) }, plaintext);
      await expect(weak).rejects.toMatchObject({ code: "invalid-argument" });
      const nameless = hpkeSeal(provider, recipient.publicKey, { ...setting, pskId: new Uint8Array() }, plaintext);
      await expect(nameless).rejects.toMatchObject({ code: "invalid-argument" });
    });

    it("twice the same never leaves the same bytes", async () => {
      const [one, other] = await Promise.all([1, 2].map(() => hpkeSeal(provider, recipient.publicKey, setting, plaintext)));
      expect(toHex(one!.sealed.slice(0, 32))).not.toBe(toHex(other!.sealed.slice(0, 32)));
    });
  });
});
