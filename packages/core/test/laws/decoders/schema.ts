/** Laws of the JSON that client and server send each other: every schema of `@keyfold/core/protocol`. */
import { strictEqual } from "node:assert/strict";
import type * as v from "valibot";
import { validJson } from "../../../src/api/answer.ts";
import { toUtf8 } from "../../../src/crypto/encoding.ts";
import * as audit from "../../../src/protocol/audit-schema.ts";
import { ProblemDocument, problemType } from "../../../src/protocol/problem.ts";
import * as schemas from "../../../src/protocol/schema.ts";
import * as shares from "../../../src/protocol/share-schema.ts";
import { idOf } from "../../ops.ts";
import type { Law } from "../law.ts";
import { ofJson } from "./judged.ts";

export const SERVER = "https://files.example.com/keyfold";
/** base64url of 32 zeros. */
export const ZEROS = "A".repeat(43);
const id = idOf(1);

/** A value of each, by the schema's name. */
export const examples = {
  Id: id,
  BaseUrl: SERVER,
  MeetingState: "waiting",
  BlobState: "open",
  Discovery: {
    protocol: 1,
    server: SERVER,
    time: 1,
    limits: { partSize: 1, entrySize: 1, pageSize: 1, bundleSize: 1, bundleParts: 1, blobsPerRequest: 1, quota: 1, maxFileSize: 1 },
  },
  KeyPlace: { folder: id, epoch: 0, current: 1 },
  CreateFolder: { genesis: "AAAA", readKey: ZEROS },
  CreatedFolder: { folder: id, keyId: idOf(2), epoch: 0, seq: 0, head: ZEROS },
  FolderState: { folder: id, epoch: 0, keyId: id, open: true, readKey: ZEROS },
  HostFolders: { folders: [{ folder: id, created: 1, changed: 2, used: 3 }] },
  Usage: { used: 1, quota: 2, blobs: 3 },
  ChallengeRequest: { server: SERVER, scope: "owner" },
  Challenge: { server: SERVER, folder: id, epoch: 0, scope: "owner", nonce: ZEROS, expires: 1 },
  SessionRequest: { server: SERVER, epoch: 0, scope: "owner", nonce: ZEROS, expires: 1, signature: "A".repeat(86) },
  Session: { token: "a.b.c", expires: 1 },
  Appended: { seq: 1, head: ZEROS },
  Rekeyed: { epoch: 1, seq: 1, head: ZEROS },
  CreatePairing: { pairing: id, tokenHash: ZEROS },
  CreatedPairing: { pairing: id, seconds: 120 },
  PairingGiven: { state: "scanned", seconds: 100, key: ZEROS },
  PairingTaken: { state: "sealed", seconds: 90, nonce: ZEROS, sealed: "A".repeat(208) },
  PairingKey: { key: ZEROS },
  PairingNonce: { nonce: ZEROS },
  PairingSealed: { sealed: "A".repeat(208) },
  CreateBlobs: { blobs: [{ blob: id, sealedSize: 1080 }] },
  CreatedBlobs: { blobs: [{ blob: id, state: "open", put: { url: "https://s3.example", headers: { a: "b" } } }] },
  BlobStanding: { blob: id, state: "live", sealedSize: 1080, stored: [[0, 1]] },
  SentBundle: { parts: [{ blob: id, index: 0, status: 204, code: "gone" }] },
  ReadBundle: { parts: [[id, 0]] },
  DiscardBlobs: { blobs: [id] },
  AuditRow: { event: "appended", at: 1, epoch: 0, seq: 2, count: 1, bytes: 1080 },
  AuditPage: { rows: [{ event: "signed-in", at: 1, last: 2, count: 3, scope: "read", share: id }], next: `1-${id}` },
  OwnedShare: { share: id, state: "live", version: 1, seq: 2, expires: 0, limit: 0, downloads: 0, kept: "A".repeat(80) },
  OwnedShares: { shares: [{ share: id, state: "expired", version: 1, seq: 2, expires: 3, limit: 4, downloads: 4 }] },
  Published: { share: id, version: 1 },
  ShareStanding: { share: id, passphrase: true, version: 1, expires: 0, left: 2 },
  TakeDownload: { take: id },
  ShareSession: { token: "a.b.c", expires: 1 },
  ProblemDocument: { type: problemType("gone"), title: "Gone", status: 410, code: "gone", retryAfter: 0.25, blobs: [id], epoch: 1 },
} as const satisfies Readonly<Record<string, unknown>>;

const isSchema = (value: unknown): value is v.GenericSchema => typeof value === "object" && value !== null && "~standard" in value;

/** Every schema that there is. */
export const allSchemas: ReadonlyMap<string, v.GenericSchema> = new Map(
  Object.entries({ ...schemas, ...shares, ...audit, ProblemDocument }).flatMap(([name, value]) => (isSchema(value) ? [[name, value]] : [])),
);

export const schemaLaws: readonly Law[] = [...allSchemas].map(([name, schema]) =>
  ofJson(
    `JSON: ${name} takes only what it would take again`,
    50,
    async () => [(examples as Readonly<Record<string, unknown>>)[name]],
    (text) => {
      const value = validJson(schema, new TextEncoder().encode(text));
      const again = JSON.stringify(value); // JSON has one zero
      strictEqual(JSON.stringify(validJson(schema, toUtf8(again))), again);
    },
  ),
);
