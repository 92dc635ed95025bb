/**
 * What is asked of an Ed25519 key and signature before an engine sees them.
 *
 * WebCrypto engines differ in which encodings they accept (Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs", 2020), and a log that one
 * client accepts and another refuses is a fork. With these checks in front they all decide alike: S < L, A and R canonical, neither of small
 * order, and the engine's own equation S·B = R + k·A without the cofactor.
 *
 * No curve arithmetic is needed: the y coordinates of the eight points of small order are known.
 *
 * @module
 */

/** The order of the base point, L = 2^252 + 27742317777372353535851937790883648493, little-endian (RFC 8032 section 5.1). */
const order = littleEndian(2n ** 252n + 27742317777372353535851937790883648493n);

/** The field's prime, p = 2^255 - 19, little-endian. */
const prime = littleEndian(2n ** 255n - 19n);

/** y of the points of order 1 and 2, whose x is 0: their encodings with the sign bit set are not canonical. */
const yOfOrderOne = littleEndian(1n);
const yOfOrderTwo = littleEndian(2n ** 255n - 20n);

/** y of all eight points whose order divides the cofactor; each stands for both signs of x. Orders 1, 2, 4, 8, 8. */
const smallOrder: readonly Uint8Array[] = [
  yOfOrderOne,
  yOfOrderTwo,
  littleEndian(0n),
  littleEndian(0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n),
  littleEndian(0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n),
];

function littleEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  for (let i = 0, rest = value; i < 32; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

/** Whether the little-endian number in 32 bytes is below the limit. All inputs are public. */
function isBelow(bytes: Uint8Array, limit: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    if (bytes[i] !== limit[i]) return bytes[i]! < limit[i]!;
  }
  return false;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}

/** The y coordinate of an encoded point: its bytes without the sign bit of x. */
function yOf(point: Uint8Array): Uint8Array {
  const y = point.slice(0, 32);
  y[31]! &= 0x7f;
  return y;
}

function isCanonical(point: Uint8Array): boolean {
  const y = yOf(point);
  if (!isBelow(y, prime)) return false;
  const signed = (point[31]! & 0x80) !== 0;
  return !(signed && (isSame(y, yOfOrderOne) || isSame(y, yOfOrderTwo)));
}

function isStrictPoint(point: Uint8Array): boolean {
  if (!isCanonical(point)) return false;
  const y = yOf(point);
  return !smallOrder.some((small) => isSame(y, small));
}

/**
 * Whether 32 bytes may stand as an Ed25519 public key: canonical, and not of small order.
 *
 * That they are a point of the curve is left to the engine, which cannot verify anything with a key that is none.
 */
export function isStrictPublicKey(publicKey: Uint8Array): boolean {
  return publicKey.length === 32 && isStrictPoint(publicKey);
}

/**
 * Whether 64 bytes R | S may stand as an Ed25519 signature: R canonical, S < L (RFC 8032 section 5.1.7).
 *
 * An R of small order is refused too. No honest signer has one, and engines that follow the Web Cryptography API refuse it (its Ed25519
 * "verify", step 4) while others do not.
 */
export function isStrictSignature(signature: Uint8Array): boolean {
  return signature.length === 64 && isStrictPoint(signature.subarray(0, 32)) && isBelow(signature.subarray(32), order);
}
