/**
 * The descriptor: all that it takes to fetch, verify and open one blob (docs/format.md, section 3).
 *
 * It stands in the log as JSON, so binary members are base64url. It holds the content key: never log one, never put one in a URL.
 *
 * @module
 */

import { isBase64url, isHexId } from "../crypto/encoding.ts";
import { KeyfoldError } from "../error.ts";
import { largestPartCount, partCountOf, plainSizeOfSealed } from "./geometry.ts";
import { paddedSize } from "./padding.ts";

export interface Descriptor {
  /** The way of sealing; 1 is all there is. */
  readonly suite: 1;
  /** The blob's id, hex of 16 bytes. */
  readonly blob: string;
  /** The content key, base64url of 32 bytes. */
  readonly key: string;
  /** Bytes of content. */
  readonly size: number;
  /** Bytes of ciphertext. */
  readonly sealedSize: number;
  /** H(hashes of all parts joined), base64url of 32 bytes. */
  readonly digest: string;
}

/** Why a descriptor is none. */
export type DescriptorFault = "shape" | "suite" | "sealed-size";

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** What is wrong with a value that ought to be a descriptor; undefined where nothing is. Further members are not looked at. */
export function descriptorFault(value: unknown): DescriptorFault | undefined {
  if (typeof value !== "object" || value === null) return "shape";
  const { suite, blob, key, size, sealedSize, digest } = value as { [Member in keyof Descriptor]?: unknown };
  if (suite !== 1) return isSize(suite) ? "suite" : "shape";
  if (!isHexId(blob) || !isBase64url(key, 32) || !isBase64url(digest, 32) || !isSize(size) || !isSize(sealedSize)) return "shape";
  const plainSize = plainSizeOfSealed(sealedSize);
  if (plainSize === undefined || (plainSize !== size && plainSize !== paddedSize(size)) || partCountOf(sealedSize) > largestPartCount) {
    return "sealed-size";
  }
  return undefined;
}

/** Whether a value is a descriptor, strictly: forms, suite, and a sealed size that fits the size, padded or not. */
export function isDescriptor(value: unknown): value is Descriptor {
  return descriptorFault(value) === undefined;
}

/** The six members of a descriptor alone. Throws `malformed` on a wrong shape, `tampered` with reason `suite` or `sealed-size`. */
export function readDescriptor(value: unknown): Descriptor {
  const fault = descriptorFault(value);
  if (fault === "shape") throw new KeyfoldError("malformed", "A file's descriptor is not one.", { reason: fault });
  if (fault !== undefined) throw new KeyfoldError("tampered", "A file's descriptor contradicts itself.", { reason: fault });
  const { suite, blob, key, size, sealedSize, digest } = value as Descriptor;
  return { suite, blob, key, size, sealedSize, digest };
}
