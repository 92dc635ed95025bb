/**
 * Turns: who was too late with an append gets a short time in which nobody else's is taken, first come first served, so that a slow device is not
 * starved by a fast one.
 *
 * The queue lies in the database. Nobody has to be told that a turn is over: it is found out by whoever asks next.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { turnSeconds, turnsWaiting } from "@keyfold/core/protocol";
import { release } from "../blobs/life.ts";
import { second } from "../clock.ts";
import { changed, inChunks, transact, type Batch, type Database } from "../database/database.ts";

const turnLength = turnSeconds * second;

interface Waiting {
  readonly position: number;
  readonly ticket: string;
  readonly until_at: number | null;
}

/** What a queue is at a time: those whose turn is over are out of it, and the first one's turn has an end. */
export function standing(queue: readonly Waiting[], now: number): { over: number[]; waiting: Waiting[] } {
  const over: number[] = [];
  // A turn begins where the one before it ends; that of someone who became the first by another's success, now.
  let begins = now;
  for (const [place, turn] of queue.entries()) {
    const until = turn.until_at ?? begins + turnLength;
    if (until > now) return { over, waiting: [{ ...turn, until_at: until }, ...queue.slice(place + 1)] };
    over.push(turn.position);
    begins = until;
  }
  return { over, waiting: [] };
}

async function settle(batch: Batch, folder: string, now: number): Promise<Waiting[]> {
  const queue = await batch
    .selectFrom("turn")
    .select(["position", "ticket", "until_at"])
    .where("folder", "=", folder)
    .orderBy("position")
    .execute();
  const { over, waiting } = standing(queue, now);
  for (const positions of inChunks(over)) await batch.deleteFrom("turn").where("position", "in", positions).execute();
  const first = waiting[0];
  const before = queue.find(({ position }) => position === first?.position);
  if (first !== undefined && before?.until_at === null) {
    await batch.updateTable("turn").set({ until_at: first.until_at }).where("position", "=", first.position).execute();
  }
  return waiting;
}

/** Milliseconds that somebody else's turn still lasts; 0 when the holder of `ticket` (or anyone) may append. Inside an append's batch. */
export async function othersTurn(batch: Batch, folder: string, ticket: string | undefined, now: number): Promise<number> {
  const [first] = await settle(batch, folder, now);
  if (first === undefined || first.ticket === ticket) return 0;
  return (first.until_at ?? now + turnLength) - now;
}

/** Ends a turn that was made use of; the next one in line begins now. Inside an append's batch. */
export async function endTurn(batch: Batch, folder: string, ticket: string | undefined, now: number): Promise<void> {
  if (ticket === undefined) return;
  const ended = await batch.deleteFrom("turn").where("folder", "=", folder).where("ticket", "=", ticket).executeTakeFirst();
  // Most appends propose a turn and never need it.
  if (changed(ended) === 0) return;
  await settle(batch, folder, now);
}

/**
 * The ticket to send back: `proposed`, in line from now on unless it was, or one drawn here. Undefined when 16 are waiting.
 *
 * Whoever proposes a ticket and loses the answer finds its place again by sending the same once more; a ticket drawn here would block the line unheld.
 */
export async function queueUp(database: Database, folder: string, proposed: string | undefined, now: number): Promise<string | undefined> {
  return transact(database, async (batch) => {
    // The folder's row first, so that whoever queues up at the same time waits (docs: `database.ts`).
    await release(batch, folder, 0);
    await batch
      .deleteFrom("turn")
      .where("folder", "=", folder)
      .where("until_at", "<=", now - 60 * turnLength)
      .execute();
    const waiting = await settle(batch, folder, now);
    if (proposed !== undefined && waiting.some(({ ticket }) => ticket === proposed)) return proposed;
    if (waiting.length >= turnsWaiting) return undefined;
    const ticket = proposed ?? randomBytes(16).toString("hex");
    const until_at = waiting.length === 0 ? now + turnLength : null;
    await batch.insertInto("turn").values({ folder, ticket, until_at, created_at: now }).execute();
    return ticket;
  });
}
