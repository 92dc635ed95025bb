/**
 * The JSON of every request and response. The server validates requests with these, a client responses; unknown fields are dropped.
 *
 * Ids are 32 lowercase hex digits, binary is base64url without padding, of the length that the field's name in docs/protocol.md says.
 *
 * @module
 */

import * as v from "valibot";
import { blobsPerRequest, bundleParts } from "./limits.ts";
import { largestPartCount } from "./geometry.ts";

/** An id: 16 bytes in lowercase hexadecimal. */
export const Id = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, "Not an id."));

/** base64url of exactly `length` bytes: no padding, no bits after the last byte. */
export function binary(length: number) {
  const rest = length % 3;
  // 3 bytes are 4 characters; of the last group's last character only the bits that belong to a byte may be set.
  const free = 4 * Math.floor(length / 3) + rest;
  const last = ["", "[AQgw]", "[AEIMQUYcgkosw048]"][rest]!;
  return v.pipe(v.string(), v.regex(new RegExp(`^[A-Za-z0-9_-]{${free}}${last}$`), `Not ${length} bytes in base64url.`));
}

/** base64url of any length up to `most` bytes. */
export function binaryUpTo(most: number) {
  return v.pipe(v.string(), v.maxLength(Math.ceil((most * 4) / 3)), v.regex(/^[A-Za-z0-9_-]*$/, "Not base64url."));
}

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Epoch = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(0xffffffff));
const Scope = v.picklist(["owner", "read"]);
/** What a session may do: `owner` reads and writes, `read` reads. */
export type Scope = v.InferOutput<typeof Scope>;
const PartIndex = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(largestPartCount - 1));
/** A base URL: http or https, no slash at its end, no query, no fragment, no line break. */
export const BaseUrl = v.pipe(v.string(), v.maxLength(2048), v.regex(/^https?:\/\/[^\s/?#]+(\/[^\s/?#]+)*$/, "Not a base URL."));

// Discovery

export const Discovery = v.object({
  protocol: Count,
  server: v.string(),
  /** Unix seconds. */
  time: Count,
  limits: v.object({
    partSize: Count,
    entrySize: Count,
    pageSize: Count,
    bundleSize: Count,
    bundleParts: Count,
    blobsPerRequest: Count,
    /** Bytes of sealed blobs in a folder. */
    quota: Count,
    /** Sealed bytes of one blob. */
    maxFileSize: Count,
  }),
});
export type Discovery = v.InferOutput<typeof Discovery>;

export const KeyPlace = v.object({ folder: Id, epoch: Epoch, current: Epoch });
export type KeyPlace = v.InferOutput<typeof KeyPlace>;

// Folders

export const CreateFolder = v.object({
  /** The genesis on the wire: its u32 length, kind 0, mode, keys, signature. */
  genesis: binaryUpTo(512),
  readKey: v.optional(binary(32)),
});
export type CreateFolder = v.InferOutput<typeof CreateFolder>;

export const CreatedFolder = v.object({ folder: Id, keyId: Id, epoch: v.literal(0), seq: v.literal(0), head: binary(32) });
export type CreatedFolder = v.InferOutput<typeof CreatedFolder>;

export const FolderState = v.object({ folder: Id, epoch: Epoch, keyId: Id, open: v.boolean(), readKey: v.optional(binary(32)) });
export type FolderState = v.InferOutput<typeof FolderState>;

/** Of the host's user, the last changed first; times in Unix seconds, `used` in bytes of sealed blobs. */
export const HostFolders = v.object({ folders: v.array(v.object({ folder: Id, created: Count, changed: Count, used: Count })) });
export type HostFolders = v.InferOutput<typeof HostFolders>;

/** `blobs`: how many count; an older server does not say. */
export const Usage = v.object({ used: Count, quota: Count, blobs: v.optional(Count) });
export type Usage = v.InferOutput<typeof Usage>;

// Sessions

export const ChallengeRequest = v.object({ server: BaseUrl, scope: Scope });
export type ChallengeRequest = v.InferOutput<typeof ChallengeRequest>;

export const Challenge = v.object({
  server: BaseUrl,
  folder: Id,
  epoch: Epoch,
  scope: Scope,
  nonce: binary(32),
  /** Unix seconds. */
  expires: Count,
});
export type Challenge = v.InferOutput<typeof Challenge>;

export const SessionRequest = v.object({
  server: BaseUrl,
  epoch: Epoch,
  scope: Scope,
  nonce: binary(32),
  expires: Count,
  signature: binary(64),
});
export type SessionRequest = v.InferOutput<typeof SessionRequest>;

/** A JWT in its compact form. */
const Token = v.pipe(v.string(), v.maxLength(2048), v.regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/));

export const Session = v.object({ token: Token, expires: Count });
export type Session = v.InferOutput<typeof Session>;

// Log

export const Appended = v.object({ seq: Count, head: binary(32) });
export type Appended = v.InferOutput<typeof Appended>;

export const Rekeyed = v.object({ epoch: Epoch, seq: Count, head: binary(32) });
export type Rekeyed = v.InferOutput<typeof Rekeyed>;

// Pairing a device

/** 32 bytes of a key, 64 of root, 44 of checkpoint, sealed by HPKE: enc(32) | ct(108 + 16). */
export const handOverLength = 32 + 64 + 44 + 16;

export const CreatePairing = v.object({ pairing: Id, tokenHash: binary(32) });
export type CreatePairing = v.InferOutput<typeof CreatePairing>;

/** `seconds` that the meeting still lasts, by the server's clock. */
export const CreatedPairing = v.object({ pairing: Id, seconds: Count });
export type CreatedPairing = v.InferOutput<typeof CreatedPairing>;

/** How far two devices are, in this order; `cancelled` may take the place of `done`. */
export const MeetingState = v.picklist(["waiting", "scanned", "revealed", "confirmed", "sealed", "done", "cancelled"]);
export type MeetingState = v.InferOutput<typeof MeetingState>;

/** What the device that hands over sees: the other one's public key, once it has scanned. */
export const PairingGiven = v.object({ state: MeetingState, seconds: Count, key: v.optional(binary(32)) });
export type PairingGiven = v.InferOutput<typeof PairingGiven>;

/** What the new device sees. */
export const PairingTaken = v.object({
  state: MeetingState,
  seconds: Count,
  nonce: v.optional(binary(32)),
  sealed: v.optional(binary(handOverLength)),
});
export type PairingTaken = v.InferOutput<typeof PairingTaken>;

export const PairingKey = v.object({ key: binary(32) });
export type PairingKey = v.InferOutput<typeof PairingKey>;
export const PairingNonce = v.object({ nonce: binary(32) });
export type PairingNonce = v.InferOutput<typeof PairingNonce>;
export const PairingSealed = v.object({ sealed: binary(handOverLength) });
export type PairingSealed = v.InferOutput<typeof PairingSealed>;

// Blobs

/** `gone`: there was such a blob, and it is deleted. A server may forget, and then answers 404. */
export const BlobState = v.picklist(["open", "held", "live", "dropped", "deleting", "gone"]);
export type BlobState = v.InferOutput<typeof BlobState>;

const blobList = <const Item extends v.GenericSchema>(item: Item) => v.pipe(v.array(item), v.minLength(1), v.maxLength(blobsPerRequest));

export const CreateBlobs = v.object({ blobs: blobList(v.object({ blob: Id, sealedSize: Count })) });
export type CreateBlobs = v.InferOutput<typeof CreateBlobs>;

export const CreatedBlobs = v.object({
  blobs: v.array(
    v.object({
      blob: Id,
      state: BlobState,
      /** Where the bytes may go straight to; without it they go to the part's own URL. */
      put: v.optional(v.object({ url: v.string(), headers: v.record(v.string(), v.string()) })),
    }),
  ),
});
export type CreatedBlobs = v.InferOutput<typeof CreatedBlobs>;

export const BlobStanding = v.object({
  blob: Id,
  state: BlobState,
  sealedSize: Count,
  /** Ranges of the part indexes that are stored: the first, and how many. */
  stored: v.array(v.tuple([Count, Count])),
});
export type BlobStanding = v.InferOutput<typeof BlobStanding>;

export const SentBundle = v.object({
  parts: v.array(v.object({ blob: Id, index: Count, status: v.pipe(v.number(), v.integer()), code: v.optional(v.string()) })),
});
export type SentBundle = v.InferOutput<typeof SentBundle>;

export const ReadBundle = v.object({
  parts: v.pipe(v.array(v.tuple([Id, PartIndex])), v.minLength(1), v.maxLength(bundleParts)),
});
export type ReadBundle = v.InferOutput<typeof ReadBundle>;

export const DiscardBlobs = v.object({ blobs: blobList(Id) });
export type DiscardBlobs = v.InferOutput<typeof DiscardBlobs>;
