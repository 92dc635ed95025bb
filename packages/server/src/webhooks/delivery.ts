/**
 * Delivery: a message is claimed, sent, and then deleted, put off, or left as a dead letter.
 *
 * A claim is a conditional update that counts the attempt and puts the next one behind the claim's end: two processes never send one message at once, and
 * one whose sender died is sent again. So every message arrives at least once, in no certain order; `webhook-id` says which came before.
 *
 * @module
 */

import type { Selectable } from "kysely";
import { day, hour, second } from "../clock.ts";
import { changed, patiently } from "../database/database.ts";
import type { WebhookMessageTable } from "../database/tables.ts";
import type { Budget } from "../jobs/collect.ts";
import type { Services } from "../services.ts";
import type { Endpoint } from "./endpoints.ts";
import { signatureHeaders } from "./signature.ts";

type Message = Selectable<WebhookMessageTable>;

/** Waits between attempts, as the specification recommends them; after the last the message is dead. Seconds. */
const waits = [5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600];

/** How long an endpoint may take to answer. */
export const answerWait = 15 * second;

/** A claim outlasts the attempt by far. */
const claimLength = 4 * answerWait;

/** Requests at a time, to one endpoint. */
const parallel = 8;

/** How long dead letters are kept. */
export const deadLife = 30 * day;

/** What came of an attempt; status 0: no answer. */
interface Attempt {
  readonly status: number;
  /** Milliseconds that the endpoint asks for. */
  readonly wait: number;
}

/** How much was done. */
export interface DeliveryReport {
  readonly delivered: number;
  /** Put off, to be tried again. */
  readonly failed: number;
  /** Given up. */
  readonly dead: number;
}

/**
 * Sends what is due for these endpoints, to each on its own: one that takes its time keeps no other waiting. The signal ends it, requests that are under way
 * too: what they carried is sent again later.
 */
export async function deliver(
  services: Services,
  endpoints: readonly Endpoint[],
  budget: Budget,
  signal: AbortSignal,
): Promise<DeliveryReport> {
  const done = { delivered: 0, failed: 0, dead: 0 };
  await Promise.all(
    endpoints.map((endpoint) =>
      deliverTo(services, endpoint, budget, signal, (outcome) => {
        done[outcome]++;
      }),
    ),
  );
  return done;
}

async function deliverTo(
  services: Services,
  endpoint: Endpoint,
  budget: Budget,
  signal: AbortSignal,
  count: (outcome: keyof DeliveryReport) => void,
): Promise<void> {
  const { database, clock } = services;
  while (!signal.aborted) {
    const now = clock();
    const due = await patiently(database, () =>
      database.query
        .selectFrom("webhook_message")
        .selectAll()
        .where("state", "=", "waiting")
        .where("endpoint", "=", endpoint.id)
        .where("due_at", "<=", now)
        .orderBy("due_at")
        .limit(parallel)
        .execute(),
    );
    const outcomes = await Promise.all(due.map((message) => tell(services, endpoint, message, signal)));
    for (const outcome of outcomes) if (outcome !== "taken") count(outcome);
    if (due.length === 0 || !budget()) return;
  }
}

async function tell(
  services: Services,
  endpoint: Endpoint,
  message: Message,
  signal: AbortSignal,
): Promise<"delivered" | "failed" | "dead" | "taken"> {
  const { database, clock, report } = services;
  const attempts = message.attempts + 1;
  const claimed = await patiently(database, () =>
    database.query
      .updateTable("webhook_message")
      .set({ attempts, due_at: clock() + claimLength })
      .where("id", "=", message.id)
      .where("state", "=", "waiting")
      .where("attempts", "=", message.attempts)
      .where("due_at", "<=", clock())
      .executeTakeFirst(),
  );
  if (changed(claimed) === 0) return "taken";
  if (await isDisabled(services, endpoint)) return bury(services, message.id, attempts, 410);

  const { status, wait } = await attempt(endpoint, message, clock(), signal);
  if (status >= 200 && status < 300) {
    // Whoever claimed it since (this process slept through its claim) sends it once more, and deletes it.
    await patiently(database, () =>
      database.query.deleteFrom("webhook_message").where("id", "=", message.id).where("attempts", "=", attempts).execute(),
    );
    return "delivered";
  }
  if (status === 410) {
    await disable(services, endpoint);
    return bury(services, message.id, attempts, status);
  }
  const next = waits[attempts - 1];
  if (next === undefined) {
    report({ level: "error", code: "webhook-dead", status, method: "POST", route: "webhooks" });
    return bury(services, message.id, attempts, status);
  }
  const due_at = clock() + Math.max(wait, next * second * (1 + Math.random() / 10));
  await patiently(database, () =>
    database.query
      .updateTable("webhook_message")
      .set({ due_at: Math.round(due_at), status })
      .where("id", "=", message.id)
      .where("attempts", "=", attempts)
      .execute(),
  );
  return "failed";
}

async function attempt({ url, key }: Endpoint, { id, body }: Message, now: number, signal: AbortSignal): Promise<Attempt> {
  const bytes = new Uint8Array(body);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "Keyfold",
        ...signatureHeaders(key, `msg_${id}`, Math.floor(now / second), bytes),
      },
      body: bytes,
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWait)]),
    });
    await response.body?.cancel();
    const asked = Number(response.headers.get("retry-after"));
    return { status: response.status, wait: Number.isFinite(asked) ? Math.min(hour, Math.max(0, asked * second)) : 0 };
  } catch {
    return { status: 0, wait: 0 };
  }
}

async function bury({ database, clock }: Services, id: string, attempts: number, status: number): Promise<"dead"> {
  await patiently(database, () =>
    database.query
      .updateTable("webhook_message")
      .set({ state: "dead", status, due_at: clock() + deadLife })
      .where("id", "=", id)
      .where("attempts", "=", attempts)
      .execute(),
  );
  return "dead";
}

async function isDisabled({ database }: Services, { id }: Endpoint): Promise<boolean> {
  const row = await patiently(database, () =>
    database.query.selectFrom("webhook_endpoint").select("id").where("id", "=", id).executeTakeFirst(),
  );
  return row !== undefined;
}

/** 410: the endpoint wants to hear no more, until the host enables it again. */
async function disable({ database, clock, report }: Services, { id }: Endpoint): Promise<void> {
  try {
    await patiently(database, () => database.query.insertInto("webhook_endpoint").values({ id, disabled_at: clock() }).execute());
    report({ level: "error", code: "webhook-disabled", status: 410, method: "POST", route: "webhooks" });
  } catch (error) {
    if (database.fault(error) !== "duplicate") throw error;
  }
}
