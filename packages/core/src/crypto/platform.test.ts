import { afterEach, describe, expect, it, vi } from "vitest";
import { generateKey, Keyfold } from "../index.ts";
import { chooseProvider, isInsecurePage } from "./platform.ts";
import type { CryptoProvider } from "./provider.ts";

const { crypto: whole } = globalThis;

afterEach(() => vi.unstubAllGlobals());

/** A platform as it is over http://: random bytes and nothing else. */
function withoutSubtle(): void {
  vi.stubGlobal("crypto", { getRandomValues: whole.getRandomValues.bind(whole) });
}

/** A browser whose WebCrypto does not know these. */
function without(...missing: readonly string[]): void {
  const unknown = (algorithm: unknown): boolean => missing.includes(String(algorithm));
  const importKey: SubtleCrypto["importKey"] = (...given: unknown[]) => {
    if (unknown(given[2])) return Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"));
    return (whole.subtle.importKey as (...given: unknown[]) => Promise<CryptoKey>)(...given);
  };
  const subtle = new Proxy(whole.subtle, {
    get: (target, name) => {
      const method = name === "importKey" ? importKey : (target as unknown as Record<string | symbol, unknown>)[name];
      return typeof method === "function" ? method.bind(target) : method;
    },
  });
  vi.stubGlobal("crypto", { getRandomValues: whole.getRandomValues.bind(whole), subtle });
}

async function roundTrip(provider: CryptoProvider): Promise<void> {
  const raw = new Uint8Array(32).fill(3);
  const message = Uint8Array.of(1, 2, 3);
  const { key, publicKey } = await provider.importSigning(raw);
  expect(await provider.verify(publicKey, await provider.sign(key, message), message)).toBe(true);
  const aes = await provider.importAes(raw);
  expect(await provider.aesOpen(aes, new Uint8Array(12), await provider.aesSeal(aes, new Uint8Array(12), message))).toEqual(message);
}

describe("a platform", () => {
  it("with all of WebCrypto uses it alone", async () => {
    const provider = await chooseProvider();
    expect([provider.name, provider.extractable]).toEqual(["webcrypto", false]);
    await roundTrip(provider);
  });

  it("without crypto.subtle uses noble for everything", async () => {
    withoutSubtle();
    const provider = await chooseProvider();
    expect([provider.name, provider.extractable]).toEqual(["noble", true]);
    await roundTrip(provider);
  });

  it.each(["Ed25519", "X25519"])(
    "whose WebCrypto has no %s keeps the rest of it, and no private key lies bare in its handles",
    async (missing) => {
      without(missing);
      const provider = await chooseProvider();
      expect([provider.name, provider.extractable]).toEqual(["noble", false]);
      await roundTrip(provider);
      expect(await provider.importAes(new Uint8Array(32))).toBeInstanceOf(CryptoKey);
      const { key } = await provider.importSigning(new Uint8Array(32).fill(77));
      const lying = Object.values<unknown>(key).filter((value) => value instanceof Uint8Array);
      expect(lying.length).toBe(1);
      expect(Buffer.from(lying[0]!).includes(Buffer.alloc(8, 77))).toBe(false);
    },
  );

  it("makes keys without crypto.subtle, and without random bytes nothing", () => {
    withoutSubtle();
    expect(generateKey()).toHaveLength(64);
    expect(new Keyfold({ server: "https://example.com/keyfold" }).server).toBe("https://example.com/keyfold");
    vi.stubGlobal("crypto", undefined);
    const missing = expect.objectContaining({ code: "crypto-missing" });
    expect(() => generateKey()).toThrow(missing);
    expect(() => new Keyfold({ server: "https://example.com/keyfold" })).toThrow(missing);
  });

  it("is an insecure page only where the browser says so", () => {
    expect(isInsecurePage()).toBe(false);
    vi.stubGlobal("isSecureContext", true);
    expect(isInsecurePage()).toBe(false);
    vi.stubGlobal("isSecureContext", false);
    expect(isInsecurePage()).toBe(true);
  });
});
