/**
 * Appending an entry: compare-and-set on the folder's seq.
 *
 * @module
 */

import {
  chosenIn,
  conflictPageSize,
  decodeClear,
  decodeRecord,
  encodeRecord,
  KeyfoldError,
  spineOf,
  toBase64url,
  toHex,
  verifyRecord,
  webVerifier,
  type Appended,
  type Bytes,
  type Position,
} from "@keyfold/core/protocol";
import { moveBlobs, NotAllLive, sizeOf, whyNotLive } from "../blobs/life.ts";
import { second } from "../clock.ts";
import { changed, transact, type Database } from "../database/database.ts";
import type { FolderRow } from "../database/tables.ts";
import { existingFolder, findFolder, onlyRecord } from "../folders.ts";
import { collectSoon } from "../jobs/collect.ts";
import { refuseFor, Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { insertRecord, readPage, type Page } from "./page.ts";
import { endTurn, othersTurn, queueUp } from "./turns.ts";

export interface AppendRequest {
  /** `Keyfold-At`. */
  readonly at: number;
  readonly body: Bytes;
  /** `Keyfold-Turn`, 32 lowercase hex digits: a place in the line, or the one proposed for it. */
  readonly ticket: string | undefined;
  /** `Keyfold-Delete`: which of the dropped blobs are deleted at once. */
  readonly atOnce?: Bytes | undefined;
}

/** The records that a client lacks, instead of its append. */
export interface Conflict {
  readonly page: Page;
  /** Last seq of the log when they were read. */
  readonly seq: number;
  readonly ticket: string | undefined;
}

/** Thrown inside a batch: the log has grown, or the folder is in another epoch. */
export class Outrun extends Error {}

/** Thrown inside a batch: somebody else's turn, for so many milliseconds. */
class NotYourTurn extends Error {
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    super();
    this.milliseconds = milliseconds;
  }
}

export function positionOf(folder: FolderRow): Position {
  const { id, epoch, seq, head, keys } = folder;
  return { folderId: id, epoch, seq, head: new Uint8Array(head), keys: new Uint8Array(keys) };
}

/**
 * Appends one entry after the place where `folder` stood when the token was checked.
 *
 * Throws `malformed`, `bad-signature`, `turn`, `blob-missing`, `blob-spent`, `epoch-over`.
 */
export async function append(services: Services, folder: FolderRow, request: AppendRequest): Promise<Appended | Conflict> {
  const { database, clock } = services;
  const wire = onlyRecord(request.body);
  const record = decodeRecord(wire);
  if (record.kind !== "entry") throw new KeyfoldError("malformed", "Only entries are appended.");
  const lists = decodeClear(record.clear);
  const { at, ticket } = request;
  const atOnce = new Set(chosenIn(lists.dropped, request.atOnce));
  if (at !== folder.seq + 1) return conflict(services, folder, request);

  const verifier = webVerifier();
  const { head } = await verifyRecord(verifier, positionOf(folder), record);
  const spine = encodeRecord(await spineOf(verifier, record));
  const place = { folder: folder.id, epoch: folder.epoch };
  let exposed: boolean;
  try {
    exposed = await transact(database, async (batch) => {
      const moved = await batch
        .updateTable("folder")
        .set({ seq: at, head, changed_at: clock() })
        .where("id", "=", folder.id)
        .where("seq", "=", folder.seq)
        .where("epoch", "=", folder.epoch)
        .executeTakeFirst();
      if (changed(moved) === 0) throw new Outrun();
      const others = await othersTurn(batch, folder.id, ticket, clock());
      if (others > 0) throw new NotYourTurn(others);
      await insertRecord(database, batch, { folder: folder.id, seq: at, wire, spine });
      const exposed = await moveBlobs(batch, place, { ...lists, atOnce }, clock());
      await endTurn(batch, folder.id, ticket, clock());
      const sizes = { count: lists.added.length, bytes: await sizeOf(batch, folder.id, lists.added), resealed: atOnce.size };
      await services.acts.note(batch, folder.id, { event: "appended", epoch: folder.epoch, seq: at, ...sizes });
      return exposed;
    });
  } catch (error) {
    if (error instanceof Outrun) {
      if (!(await standsAt(database, { ...place, seq: at, head }))) return conflict(services, folder, request);
      exposed = true; // it may have been
    } else {
      if (error instanceof NotYourTurn) throw await waitForTurn(services, folder.id, ticket, error.milliseconds);
      if (error instanceof NotAllLive) throw await whyNotLive(database, folder.id, lists.added);
      throw error;
    }
  }
  if (exposed) collectSoon(services);
  return { seq: at, head: toBase64url(head) };
}

/**
 * Whether a folder has come to a place that only one record leads to: what could not be committed was, and the database's answer was lost; the batch was run
 * once more, and found itself (`database.ts`).
 */
export async function standsAt(database: Database, place: { folder: string; epoch: number; seq: number; head: Bytes }): Promise<boolean> {
  const now = await findFolder(database, place.folder);
  return now?.epoch === place.epoch && now.seq === place.seq && toHex(now.head) === toHex(place.head);
}

async function waitForTurn(services: Services, folder: string, proposed: string | undefined, milliseconds: number): Promise<Refusal> {
  const ticket = await queueUp(services.database, folder, proposed, services.clock());
  // A turn is mostly over as soon as it is made use of: asking again soon is worth more than the whole of it.
  const seconds = Math.min(milliseconds, 250) / second;
  return refuseFor(seconds, "turn", ticket === undefined ? {} : { headers: { "keyfold-turn": ticket } });
}

/** What the client lacks, and a place in the queue. Throws `epoch-over` when the folder was rekeyed meanwhile. */
export async function conflict(services: Services, before: FolderRow, request: AppendRequest): Promise<Conflict> {
  const { database, clock } = services;
  const folder = await existingFolder(database, before.id);
  if (folder.epoch !== before.epoch) throw new Refusal("epoch-over", { members: { epoch: folder.epoch } });
  const page = await readPage(database, folder.id, request.at, folder.seq, conflictPageSize);
  // What stands there already, its answer lost, needs no turn.
  const ticket = beginsWith(page.bytes, request.body) ? undefined : await queueUp(database, folder.id, request.ticket, clock());
  return { page, seq: folder.seq, ticket };
}

function beginsWith(bytes: Bytes, beginning: Bytes): boolean {
  return bytes.length >= beginning.length && beginning.every((byte, i) => byte === bytes[i]);
}
