import { createHash } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { providers } from "../../test/providers.ts";
import { concat, fromHex, toHex } from "./encoding.ts";
import { isStrictPublicKey, isStrictSignature } from "./ed25519-checks.ts";
import type { Bytes, Verifier } from "./provider.ts";

const { Point } = ed25519;
const prime = Point.Fp.ORDER;
const order = Point.Fn.ORDER;

function littleEndian(value: bigint): Bytes {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

/** The eight points of small order, found by clearing a random point of its large order; noble's arithmetic, not the table under test. */
const torsion = (() => {
  const found = new Map<string, InstanceType<typeof Point>>();
  for (let i = 1; found.size < 8; i++) {
    let point: InstanceType<typeof Point>;
    try {
      point = Point.fromBytes(littleEndian(BigInt(i)), true);
    } catch {
      continue;
    }
    // multiplyUnsafe takes scalars below the order: L·P = (L-1)·P + P
    let small = point.multiplyUnsafe(order - 1n).add(point);
    for (let n = 0; n < 8; n++, small = small.add(small)) found.set(small.toHex(), small);
  }
  return [...found.values()];
})();

/** Every encoding that some decoder takes for a point of small order: canonical, with y + p, and with the sign of an x that is zero. */
const smallOrderEncodings = torsion.flatMap((point) => {
  const { y } = point.toAffine();
  return [y, y + prime].flatMap((value) => (value < 2n ** 255n ? [value, value + 2n ** 255n] : [])).map(littleEndian);
});

const message = fromHex("00112233");

describe("keys", () => {
  it("finds all eight points of small order, in all their encodings", () => {
    expect(torsion).toHaveLength(8);
    expect(new Set(smallOrderEncodings.map(toHex)).size).toBe(14);
    for (const encoding of smallOrderEncodings) expect(isStrictPublicKey(encoding)).toBe(false);
  });

  it("are refused with y not below p", () => {
    for (let y = prime; y < 2n ** 255n; y++) {
      expect(isStrictPublicKey(littleEndian(y))).toBe(false);
      expect(isStrictPublicKey(littleEndian(y + 2n ** 255n))).toBe(false);
    }
    expect(isStrictPublicKey(littleEndian(prime - 2n))).toBe(true);
  });

  it("are refused at other lengths", () => {
    for (const length of [0, 31, 33]) expect(isStrictPublicKey(new Uint8Array(length).fill(3))).toBe(false);
  });

  it("that were made by signing stand", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => isStrictPublicKey(ed25519.getPublicKey(seed))));
  });
});

describe.each(providers)("signatures, %s,", (_name, provider) => {
  const verify: Verifier["verify"] = (...given) => provider.verify(...given);
  const seed = new Uint8Array(32).fill(9);
  const publicKey = Uint8Array.from(ed25519.getPublicKey(seed));
  const signature = Uint8Array.from(ed25519.sign(message, seed));
  const s = signature.slice(32).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);

  it("verify", async () => {
    expect(isStrictSignature(signature)).toBe(true);
    expect(await verify(publicKey, signature, message)).toBe(true);
  });

  it("are refused with S + L, and with S = L", async () => {
    for (const value of [s + order, order]) {
      const other = concat(signature.subarray(0, 32), littleEndian(value));
      expect(isStrictSignature(other)).toBe(false);
      expect(await verify(publicKey, other, message)).toBe(false);
    }
    expect(isStrictSignature(concat(signature.subarray(0, 32), littleEndian(order - 1n)))).toBe(true);
  });

  it("are refused with an R of small order, in every encoding, also where the equation holds", async () => {
    for (const r of smallOrderEncodings) {
      const forged = concat(r, littleEndian(scalarFor(r)));
      expect(isStrictSignature(forged)).toBe(false);
      expect(await verify(publicKey, forged, message)).toBe(false);
    }
    const neutral = littleEndian(1n);
    expect(ed25519.verify(concat(neutral, littleEndian(scalarFor(neutral))), message, publicKey)).toBe(true); // the equation does hold
  });

  it("are refused with an R that is not canonical", () => {
    for (let y = prime; y < 2n ** 255n; y++) expect(isStrictSignature(concat(littleEndian(y), signature.subarray(32)))).toBe(false);
  });

  it("by a key of small order are refused, of which anybody could make them", async () => {
    const nonce = 777n;
    const forged = concat(Uint8Array.from(Point.BASE.multiply(nonce).toBytes()), littleEndian(nonce));
    const neutral = littleEndian(1n);
    expect(ed25519.verify(forged, message, neutral, { zip215: true })).toBe(true); // one that a lenient verifier takes
    for (const encoding of smallOrderEncodings) expect(await verify(encoding, forged, message)).toBe(false);
  });

  it("that verify only with the cofactor are refused", async () => {
    // R + T with T of order 8: 8·S·B = 8·(R + T) + 8·k·A, and without the 8 not.
    const twisted = torsion.find((point) => !point.is0() && !point.double().is0() && !point.double().double().is0())!;
    const nonce = 12345n;
    const r = Uint8Array.from(Point.BASE.multiply(nonce).add(twisted).toBytes());
    const value = (nonce + scalarFor(r)) % order;
    const forged = concat(r, littleEndian(value));
    expect(ed25519.verify(forged, message, publicKey, { zip215: true })).toBe(true);
    expect(isStrictSignature(forged)).toBe(true); // nothing to see before the equation
    expect(await verify(publicKey, forged, message)).toBe(false);
  });

  it.each([0, 32, 63, 65])("of %d bytes are false, not an exception", async (length) => {
    expect(await verify(publicKey, new Uint8Array(length), message)).toBe(false);
    expect(await verify(new Uint8Array(length), signature, message)).toBe(false);
  });

  it("by 32 bytes that are no point are false, not an exception", async () => {
    const notAPoint = [2n, 5n, 7n, 8n].map(littleEndian).find((bytes) => !isPoint(bytes))!;
    expect(await verify(notAPoint, signature, message)).toBe(false);
  });

  /** k·a for R: the S of a signature whose nonce is zero. */
  function scalarFor(r: Bytes): bigint {
    const { scalar } = ed25519.utils.getExtendedPublicKey(seed);
    const k = ed25519Challenge(r);
    return (k * scalar) % order;
  }

  function ed25519Challenge(r: Bytes): bigint {
    const digest = Uint8Array.from(
      createHash("sha512")
        .update(concat(r, publicKey, message))
        .digest(),
    );
    return digest.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n) % order;
  }
});

function isPoint(bytes: Bytes): boolean {
  try {
    Point.fromBytes(bytes);
    return true;
  } catch {
    return false;
  }
}
