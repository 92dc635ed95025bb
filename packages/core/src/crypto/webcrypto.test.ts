import { afterEach, describe, expect, it, vi } from "vitest";
import { webVerifier } from "./verify.ts";
import { webCryptoProvider } from "./webcrypto.ts";

const provider = webCryptoProvider();

afterEach(() => vi.unstubAllGlobals());

describe("keys of WebCrypto", () => {
  it("cannot be exported, and survive structured clone", async () => {
    const raw = new Uint8Array(32).fill(5);
    const handles = [
      await provider.importAes(raw),
      await provider.importHkdf(raw),
      (await provider.importSigning(raw)).key,
      (await provider.importAgreement(raw)).key,
    ];
    for (const handle of handles) {
      const clone = structuredClone(handle) as unknown as CryptoKey;
      expect(clone).toBeInstanceOf(CryptoKey);
      expect(clone.extractable).toBe(false);
    }
    const message = Uint8Array.of(1);
    const { key, publicKey } = await provider.importSigning(raw);
    expect(await provider.verify(publicKey, await provider.sign(structuredClone(key), message), message)).toBe(true);
  });
});

describe("without WebCrypto", () => {
  it("its provider is refused with crypto-missing, and so is the server's verifying", async () => {
    vi.stubGlobal("crypto", { getRandomValues: () => new Uint8Array() });
    expect(() => webCryptoProvider()).toThrow(expect.objectContaining({ code: "crypto-missing" }));
    await expect(webVerifier().sha256(new Uint8Array())).rejects.toMatchObject({ code: "crypto-missing" });
    await expect(webVerifier().verify(new Uint8Array(32), new Uint8Array(64), new Uint8Array())).rejects.toMatchObject({
      code: "crypto-missing",
    });
  });
});
