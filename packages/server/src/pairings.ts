/**
 * Meetings of two devices (docs/format.md, section 7): a row that each leaves something in for the other, in a fixed order, for two minutes.
 *
 *     waiting → scanned → revealed → confirmed → sealed → done      or, from anywhere before its end, cancelled
 *
 * Each step is one conditional UPDATE; the same step with the same bytes again is no fault, for answers get lost. Nothing that is kept here can be
 * opened by who keeps it.
 *
 * @module
 */

import {
  constantTimeEqual,
  fromBase64url,
  pairingsAtOnce,
  pairingSeconds,
  sha256,
  type Bytes,
  type MeetingState,
} from "@keyfold/core/protocol";
import type { Selectable } from "kysely";
import { release } from "./blobs/life.ts";
import { second } from "./clock.ts";
import { changed, patiently, transact } from "./database/database.ts";
import type { PairingTable } from "./database/tables.ts";
import { refuseFor, Refusal } from "./refusal.ts";
import type { Services } from "./services.ts";

export type Pairing = Selectable<PairingTable>;

const order: readonly MeetingState[] = ["waiting", "scanned", "revealed", "confirmed", "sealed", "done"];

function hasEnded({ state }: Pairing): boolean {
  return state === "done" || state === "cancelled";
}

/** Seconds that it still lasts. */
export function secondsLeft({ expires_at }: Pick<Pairing, "expires_at">, now: number): number {
  return Math.max(0, Math.ceil((expires_at - now) / second));
}

/** Opens a meeting; the same again is no fault while nobody has come. Throws `rate-limited` above eight in one folder, `pairing-step` where the id is taken. */
export async function openPairing({ database, clock, acts }: Services, folder: string, id: string, token_hash: Bytes): Promise<Pairing> {
  const now = clock();
  const made: Pairing = {
    id,
    folder,
    token_hash,
    state: "waiting",
    public_key: null,
    nonce: null,
    sealed: null,
    expires_at: now + pairingSeconds * second,
  };
  try {
    await transact(database, async (batch) => {
      // The folder's row first: those who open one at once are counted one after the other.
      await release(batch, folder, 0);
      await batch.insertInto("pairing").values(made).execute();
      const lasting = await batch
        .selectFrom("pairing")
        .select("expires_at")
        .where("folder", "=", folder)
        .where("expires_at", ">", now)
        .where("state", "not in", ["done", "cancelled"])
        .orderBy("expires_at")
        .execute();
      if (lasting.length > pairingsAtOnce) throw refuseFor(secondsLeft(lasting[0]!, now), "rate-limited");
      await acts.note(batch, folder, { event: "pairing-opened" });
    });
    return made;
  } catch (error) {
    if (database.fault(error) !== "duplicate") throw error;
    const known = await find({ database }, id);
    const same = known?.folder === folder && known.state === "waiting" && constantTimeEqual(known.token_hash, token_hash);
    if (known === undefined || !same) throw new Refusal("pairing-step");
    return known;
  }
}

async function find({ database }: Pick<Services, "database">, id: string): Promise<Pairing | undefined> {
  return patiently(database, () => database.query.selectFrom("pairing").selectAll().where("id", "=", id).executeTakeFirst());
}

/** The meeting as the device that opened it sees it. Throws `not-found`. */
export async function pairingOfFolder(services: Services, folder: string, id: string): Promise<Pairing> {
  const row = await find(services, id);
  if (row === undefined || row.folder !== folder) throw new Refusal("not-found");
  return row;
}

/** The meeting that a token opens. Throws `not-found`, for an unknown meeting and a wrong token alike. */
export async function pairingByToken(services: Services, id: string, token: string): Promise<Pairing> {
  const hash = await sha256(/^[A-Za-z0-9_-]{43}$/.test(token) ? tokenBytes(token) : new Uint8Array());
  const row = await find(services, id);
  if (row === undefined || !constantTimeEqual(hash, row.token_hash)) throw new Refusal("not-found");
  return row;
}

function tokenBytes(token: string): Bytes {
  try {
    return fromBase64url(token, 32);
  } catch {
    return new Uint8Array(); // bits after the last byte: hashes to no token's hash
  }
}

/** Throws `pairing-over` once the two minutes have passed. What ended before can still be seen. */
export function stillLasting({ clock }: Services, row: Pairing): Pairing {
  if (!hasEnded(row) && row.expires_at <= clock()) throw new Refusal("pairing-over");
  return row;
}

interface Step {
  readonly to: "scanned" | "revealed" | "confirmed" | "sealed" | "done";
  /** What the step leaves, and takes away. */
  readonly set?: Partial<Record<"public_key" | "nonce" | "sealed", Bytes | null>>;
}

/**
 * Goes one step further. Nothing happens where the meeting has gone it already, with the same bytes.
 *
 * Throws `pairing-over`, `pairing-step`; `pairing-taken` where another device's key is there.
 */
export async function advance(services: Services, row: Pairing, { to, set = {} }: Step): Promise<void> {
  const { database, clock, acts } = services;
  stillLasting(services, row);
  const before = order[order.indexOf(to) - 1]!;
  const stepped = await transact(database, async (batch) => {
    const moved = await batch
      .updateTable("pairing")
      .set({ state: to, ...set })
      .where("id", "=", row.id)
      .where("state", "=", before)
      .where("expires_at", ">", clock())
      .executeTakeFirst();
    if (changed(moved) === 1 && to === "done") await acts.note(batch, row.folder, { event: "pairing-done" });
    return changed(moved) === 1;
  });
  if (stepped) return;
  const now = (await find(services, row.id)) ?? row;
  if (now.state === to && to === "done") return;
  if (hasEnded(now)) throw new Refusal("pairing-over");
  if (order.indexOf(now.state) < order.indexOf(to)) throw new Refusal("pairing-step");
  const same = Object.entries(set).every(([name, value]) => {
    const there = now[name as keyof typeof set];
    return value != null && there != null && constantTimeEqual(there, value);
  });
  if (!same) throw new Refusal(to === "scanned" ? "pairing-taken" : "pairing-step");
}

/** Ends a meeting before its end, by either side. Of what was left in it nothing stays. */
export async function cancelPairing({ database }: Services, row: Pairing): Promise<void> {
  await patiently(database, () =>
    database.query
      .updateTable("pairing")
      .set({ state: "cancelled", ...emptied })
      .where("id", "=", row.id)
      .where("state", "!=", "done")
      .execute(),
  );
}

/** What a meeting that ended keeps of what was left in it. */
export const emptied = { public_key: null, nonce: null, sealed: null } as const;

/** Deletes meetings whose time is over. */
export async function forgetPairings({ database, clock }: Services): Promise<void> {
  await patiently(database, () => database.query.deleteFrom("pairing").where("expires_at", "<=", clock()).execute());
}
