/**
 * The tables, as Kysely sees them. Ids are lowercase hex, times milliseconds since 1970, sizes bytes.
 *
 * @module
 */

import type { AuditEvent, Bytes, MeetingState, Scope } from "@keyfold/core/protocol";
import type { Generated, Selectable } from "kysely";

export interface FolderTable {
  id: string;
  /** How it began: 0 open, 1 locked. */
  mode: number;
  epoch: number;
  /** Last record of the log, and the head after it. */
  seq: number;
  head: Bytes;
  /** Public keys of the current epoch, 128 bytes, and their id. */
  keys: Bytes;
  key_id: string;
  /** Sealed bytes of blobs that are open, held or live. */
  used: number;
  created_at: number;
  /** Its last record; null: none since this is kept. */
  changed_at: number | null;
}

/** Every key id that ever named a folder. */
export interface FolderKeyTable {
  key_id: string;
  folder: string;
  epoch: number;
}

/** A record of a log. Of entries only the spine stands here; what can be decrypted is in `sealed_body`, from where it can be erased. */
export interface LogRecordTable {
  folder: string;
  seq: number;
  /** 0 genesis, 1 entry, 2 rekey, 3 spine. */
  kind: number;
  /** Bytes on the wire, the length before it included. */
  size: number;
  /** Kind and body as on the wire; of kind 1 the spine's. */
  wire: Bytes;
}

/** Kind and body of an entry, filled up so that it has its pages for itself (`Database.filled`). */
export interface SealedBodyTable {
  folder: string;
  seq: number;
  bytes: Bytes;
}

/** The read key of an open folder, filled up likewise. */
export interface PublishedKeyTable {
  folder: string;
  bytes: Bytes;
}

/** `gone` is not a state but the absence of the row. `held` is for what drops post. */
export type StoredBlobState = "open" | "held" | "live" | "dropped" | "deleting";

export interface BlobTable {
  folder: string;
  id: string;
  state: StoredBlobState;
  sealed_size: number;
  /** Parts that are not stored yet. */
  missing: number;
  /** Epoch of the entry that added it. */
  added_epoch: number | null;
  /** When the collector turns to it: expiry of `open`, end of grace of `dropped`, next pass of `deleting`. */
  due_at: number | null;
  /** Of `deleting`: passes that are done, and the part that this one is at. */
  passes: number;
  cursor: number;
}

export interface PartTable {
  folder: string;
  blob: string;
  part: number;
  hash: Bytes;
  /** 0 claimed, 1 in the store. */
  stored: number;
}

export interface UsedNonceTable {
  nonce: string;
  expires_at: number;
}

/** Devices that wait for their turn to append, in the order of `position`. */
export interface TurnTable {
  position: Generated<number>;
  folder: string;
  ticket: string;
  /** End of its turn; null while others are before it. */
  until_at: number | null;
  created_at: number;
}

/** Two devices that meet by a QR code: what one leaves for the other. Nothing in it can be opened here. */
export interface PairingTable {
  id: string;
  folder: string;
  /** SHA-256 of the token by which the new device speaks. */
  token_hash: Bytes;
  state: MeetingState;
  /** The new device's public key, the other one's N, the root sealed to that key; gone when the meeting ended. */
  public_key: Bytes | null;
  nonce: Bytes | null;
  sealed: Bytes | null;
  expires_at: number;
}

export interface LeaseTable {
  name: string;
  holder: string;
  until_at: number;
}

/** `expired` and `revoked` (or of an earlier epoch): a row that remembers for a while that there was one. */
export type ShareState = "live" | "expired" | "revoked";

export interface ShareTable {
  id: string;
  folder: string;
  epoch: number;
  state: ShareState;
  version: number;
  /** Last record that its manifest was made from: a manifest of an earlier one never replaces it. */
  seq: number;
  /** Unix seconds; 0: never. */
  expires: number;
  /** 0: any number. */
  download_limit: number;
  downloads: number;
  /** Counts attempts at its passphrase, so that they follow one another. */
  guesses: number;
  /** SHA-256 of the token. */
  token_hash: Bytes;
  /** Of a share with a passphrase; opaque here. Else empty. */
  kept: Bytes;
  signature: Bytes;
  /** Of `live`: expiry; of the others: when the row goes. Milliseconds. */
  due_at: number | null;
}

/** The sealed manifest, filled up likewise; its first `size` bytes. */
export interface ShareManifestTable {
  share: string;
  size: number;
  bytes: Bytes;
}

/** What a share's manifests have listed. */
export interface ShareBlobTable {
  share: string;
  blob: string;
  /** 1: the present one lists it. */
  listed: number;
}

/** Downloads that were taken lately, by the id that their client drew. */
export interface ShareTakeTable {
  share: string;
  take: string;
  taken_at: number;
}

/** Wrong passphrases, and from where: a keyed hash, no address. */
export interface ShareGuessTable {
  id: string;
  share: string;
  address: string;
  guessed_at: number;
}

/** Requests of a window, by what is counted and a keyed hash or an id. */
export interface RateCountTable {
  id: string;
  requests: number;
  ends_at: number;
}

/** Folders of the host's users: a keyed hash, no name. */
export interface FolderSubjectTable {
  subject: string;
  folder: string;
  /** 1: the first of the folder's users; what it holds counts against them. */
  holder: number;
  /** 0: they do not want to see it in their list. */
  listed: number;
  remembered_at: number;
}

/** Deletions whose bytes are not out of the database's files yet. */
export interface ErasureTable {
  id: string;
  created_at: number;
}

/** Folders that were deleted as a whole: for good, so that whoever comes back is told. */
export interface RemovedFolderTable {
  folder: string;
  removed_at: number;
  /** 1: something of it is left to be taken out, blobs in `deleting` aside. */
  pending: number;
}

/** What happened in a folder: times, counts, places in its log. No address, no name. */
export interface AuditTable {
  folder: string;
  at: number;
  /** Of an event that is counted by the hour the same for all of them in that hour. */
  id: string;
  event: AuditEvent;
  last_at: number | null;
  epoch: number | null;
  seq: number | null;
  occurrences: number | null;
  size: number | null;
  /** Hash of the share's id. */
  share: string | null;
  scope: Scope | null;
}

/** How far a walk over everything that is stored has come. */
export interface WalkTable {
  name: string;
  folder: string;
  blob: string;
  part: number;
  /** Counts up with each change, so that one who slept changes nothing. */
  step: number;
  /** Of this round. */
  begun_at: number;
  moved_at: number;
}

/** Stored parts whose bytes are not those that were confirmed; until they are sent again, or their blob is gone. */
export interface DamagedPartTable {
  folder: string;
  blob: string;
  part: number;
  reason: "damaged" | "missing";
  found_at: number;
}

/** One message for one endpoint. */
export interface WebhookMessageTable {
  id: string;
  /** Hash of its URL. */
  endpoint: string;
  event: string;
  state: "waiting" | "dead";
  /** JSON in UTF-8. */
  body: Bytes;
  attempts: number;
  /** HTTP status of the last attempt; 0: none came. */
  status: number | null;
  created_at: number;
  /** Of `waiting`: the next attempt, or the end of the claim of who makes it. Of `dead`: when the row goes. */
  due_at: number;
}

/** Endpoints that answered 410. */
export interface WebhookEndpointTable {
  id: string;
  disabled_at: number;
}

/** The server's own secret, where the host gave none. One row. */
export interface ServerSecretTable {
  name: string;
  secret: Bytes;
}

export interface Tables {
  folder: FolderTable;
  folder_key: FolderKeyTable;
  log_record: LogRecordTable;
  sealed_body: SealedBodyTable;
  published_key: PublishedKeyTable;
  blob: BlobTable;
  part: PartTable;
  used_nonce: UsedNonceTable;
  turn: TurnTable;
  pairing: PairingTable;
  lease: LeaseTable;
  erasure: ErasureTable;
  removed_folder: RemovedFolderTable;
  server_secret: ServerSecretTable;
  share: ShareTable;
  share_manifest: ShareManifestTable;
  share_blob: ShareBlobTable;
  share_take: ShareTakeTable;
  share_guess: ShareGuessTable;
  rate_count: RateCountTable;
  folder_subject: FolderSubjectTable;
  audit: AuditTable;
  walk: WalkTable;
  damaged_part: DamagedPartTable;
  webhook_message: WebhookMessageTable;
  webhook_endpoint: WebhookEndpointTable;
}

export type FolderRow = Selectable<FolderTable>;
export type BlobRow = Selectable<BlobTable>;
export type ShareRow = Selectable<ShareTable>;

/** Tables whose deleted rows are worth taking out of the files (`Database.erase`). */
export const erasedTables = ["sealed_body", "published_key", "share_manifest", "pairing"] as const satisfies readonly (keyof Tables)[];
