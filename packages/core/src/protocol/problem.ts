/**
 * Errors on the wire: problem documents (RFC 9457) with a stable `code`.
 *
 * @module
 */

import * as v from "valibot";

/** Every code, its HTTP status and its title. docs/protocol.md, "Codes", shows the same table. */
export const problems = {
  malformed: [400, "The request does not follow the protocol."],
  "hash-mismatch": [400, "The bytes are not those of the hash."],
  "part-size": [400, "The part has not the size that its blob implies."],
  "token-refused": [401, "The token is not good."],
  "epoch-over": [401, "The token belongs to an earlier epoch of the folder."],
  "challenge-refused": [401, "The challenge has expired, was used, or is not this server's."],
  "signature-refused": [401, "The signature is not that of the folder's key."],
  "share-refused": [401, "The share's token is not good."],
  "wrong-server": [403, "The server is not configured under this base URL."],
  "read-only": [403, "The token may read and not change."],
  "bad-signature": [403, "The record's signature does not fit its place in the log."],
  refused: [403, "The site does not allow this."],
  "share-spent": [403, "The share was downloaded as often as it may be."],
  "not-found": [404, "There is no such thing here."],
  "unknown-key": [404, "No folder here belongs to this key."],
  conflict: [409, "The log has grown meanwhile."],
  turn: [409, "Another device has its turn."],
  "locked-elsewhere": [409, "The folder is in another epoch already."],
  "blob-differs": [409, "The blob exists with another size."],
  "part-differs": [409, "Another hash was claimed for this part."],
  incomplete: [409, "Parts of the blob are missing."],
  "share-newer": [409, "Another version of the share is here than this one follows."],
  "pairing-taken": [409, "Another device has answered this code."],
  "pairing-step": [409, "The meeting of the two devices is at another step."],
  "too-slow": [408, "The request did not arrive in time."],
  gone: [410, "Deleted."],
  "share-expired": [410, "The share has expired."],
  "pairing-over": [410, "The meeting of the two devices is over."],
  "too-large": [413, "The request is above its limit."],
  "blob-missing": [422, "An added blob is not complete or not this folder's."],
  "blob-spent": [422, "A blob was added before."],
  "sealed-size": [422, "No file has such a sealed size, or it is above the limit."],
  "rate-limited": [429, "Too many requests."],
  "part-damaged": [500, "The stored part is not the one that was sent."],
  internal: [500, "The server failed."],
  busy: [503, "The database is busy."],
  unavailable: [503, "The server is not available."],
  quota: [507, "The folder has no room left."],
  "storage-full": [507, "The server's disk is full."],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof problems;

export const problemCodes: readonly ProblemCode[] = Object.keys(problems).filter(isProblemCode);

export function isProblemCode(value: unknown): value is ProblemCode {
  return typeof value === "string" && Object.hasOwn(problems, value);
}

/** The `type` of a problem document. */
export function problemType(code: ProblemCode): string {
  return `urn:keyfold:problem:${code}`;
}

/** A problem document; the further members depend on the code. A `code` that is not known is to be judged by `status`. */
export const ProblemDocument = v.looseObject({
  type: v.string(),
  title: v.string(),
  status: v.pipe(v.number(), v.integer()),
  code: v.string(),
  detail: v.optional(v.string()),
  /** `epoch-over`, `locked-elsewhere`: the folder's epoch. */
  epoch: v.optional(v.number()),
  /** `quota`: bytes taken, allowed, asked for. */
  used: v.optional(v.number()),
  quota: v.optional(v.number()),
  needed: v.optional(v.number()),
  /** `blob-missing`, `blob-spent`, `blob-differs`: the blobs at fault. */
  blobs: v.optional(v.array(v.string())),
  /** `turn`, `busy`, `rate-limited`: seconds, with fractions, after which to try again (`Retry-After` has whole ones). */
  retryAfter: v.optional(v.number()),
});
export type ProblemDocument = v.InferOutput<typeof ProblemDocument>;
