/**
 * The provider on the noble libraries: pages without `crypto.subtle` (http:// on a LAN), and Ed25519 and X25519 in browsers whose WebCrypto has none.
 *
 * It is loaded only where it is needed. Its handles are bytes: `extractable` says so, and what keeps keys goes by it (sync/keyring.ts).
 *
 * @module
 */
import { KeyfoldError } from "../error.ts";
import type { Run } from "./noble-primitives.ts";
import type { AesKey, AgreementKey, Bytes, CryptoProvider, HkdfKey, SigningKey } from "./provider.ts";
import { randomBytes } from "./random.ts";

type Handle = AesKey | HkdfKey | SigningKey | AgreementKey;
type Kind = "aes" | "hkdf" | "sign" | "agree";

/** Raw bytes; or, where WebCrypto has AES, bytes that lie in the store only sealed under a key that is not extractable. */
type NobleHandle = { readonly kind: Kind; readonly raw: Bytes } | { readonly kind: Kind; readonly by: CryptoKey; readonly sealed: Bytes };

/** How a key's bytes become a handle. */
type Wrap = (kind: Kind, raw: Bytes) => Promise<NobleHandle>;

const wrapRaw: Wrap = (kind, raw) => Promise.resolve({ kind, raw: raw.slice() });

/** For browsers with WebCrypto: the bytes sealed under an AES key of their own that is not extractable. It seals once, so its nonce is zero. */
const wrapSealed: Wrap = async (kind, raw) => {
  const { subtle } = globalThis.crypto;
  const by = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return { kind, by, sealed: new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, by, raw)) };
};

async function unwrap(handle: Handle): Promise<Bytes> {
  const noble = handle as unknown as NobleHandle;
  if ("raw" in noble) return noble.raw;
  return new Uint8Array(await globalThis.crypto.subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, noble.by, noble.sealed));
}

function isNobleHandle(handle: unknown, kinds: readonly Kind[]): boolean {
  return typeof handle === "object" && handle !== null && "kind" in handle && kinds.includes(handle.kind as Kind);
}

function checkLength(bytes: Bytes, length: number, what: string): void {
  if (bytes.length !== length) throw new KeyfoldError("invalid-argument", `${what} has ${length} bytes.`);
}

type Curves = Pick<CryptoProvider, "verify" | "importSigning" | "sign" | "importAgreement" | "agree">;

function curves(run: Run, wrap: Wrap): Curves {
  return {
    verify: (publicKey, signature, message) => run("verify", publicKey, signature, message),

    async importSigning(seed) {
      checkLength(seed, 32, "A private key of Ed25519");
      const [handle, publicKey] = await Promise.all([wrap("sign", seed), run("signingPublicKey", seed)]);
      return { key: handle as unknown as SigningKey, publicKey };
    },

    sign: async (key, message) => run("sign", await unwrap(key), message),

    async importAgreement(scalar) {
      checkLength(scalar, 32, "A private key of X25519");
      const [handle, publicKey] = await Promise.all([wrap("agree", scalar), run("agreementPublicKey", scalar)]);
      return { key: handle as unknown as AgreementKey, publicKey };
    },

    async agree(key, publicKey) {
      const secret = await run("agree", await unwrap(key), publicKey);
      if (secret === null) throw new KeyfoldError("malformed", "A public key of X25519 is not usable.");
      return secret;
    },
  };
}

/** All primitives on noble. */
export function nobleProvider(run: Run): CryptoProvider {
  return {
    ...curves(run, wrapRaw),
    name: "noble",
    extractable: true,
    holds: (handle) => isNobleHandle(handle, ["aes", "hkdf", "sign", "agree"]) && "raw" in handle,
    randomBytes,
    sha256: (data) => run("sha256", data),

    importHkdf: async (material) => (await wrapRaw("hkdf", material)) as unknown as HkdfKey,
    hkdf: async (hash, key, salt, info, length) => run("hkdf", hash, await unwrap(key), salt, info, length),

    async importAes(raw) {
      checkLength(raw, 32, "A key of AES-256");
      return (await wrapRaw("aes", raw)) as unknown as AesKey;
    },

    async aesSeal(key, nonce, plaintext, additionalData) {
      checkLength(nonce, 12, "A nonce");
      return run("aesSeal", await unwrap(key), nonce, plaintext, additionalData);
    },

    async aesOpen(key, nonce, sealed, additionalData) {
      checkLength(nonce, 12, "A nonce");
      const plaintext = await run("aesOpen", await unwrap(key), nonce, sealed, additionalData);
      if (plaintext === null) throw new KeyfoldError("tampered", "Sealed bytes do not fit their tag.", { reason: "tag" });
      return plaintext;
    },

    hmac: (key, data) => run("hmac", key, data),
  };
}

/** WebCrypto, with Ed25519 and X25519 on noble. */
export function withNobleCurves(web: CryptoProvider, run: Run): CryptoProvider {
  return {
    ...web,
    ...curves(run, wrapSealed),
    name: "noble",
    holds: (handle) => isNobleHandle(handle, ["sign", "agree"]) || (web.holds(handle) && !isOfCurve(handle)),
  };
}

function isOfCurve(handle: Handle): boolean {
  return ["Ed25519", "X25519"].includes((handle as unknown as CryptoKey).algorithm.name);
}
