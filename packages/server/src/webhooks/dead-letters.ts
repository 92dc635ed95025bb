/**
 * Messages that were given up: kept for 30 days, to be looked at and sent again.
 *
 * @module
 */

import { changed, patiently } from "../database/database.ts";
import type { Services } from "../services.ts";
import { deadLife } from "./delivery.ts";
import { endpointId } from "./endpoints.ts";
import type { WebhookEvent } from "./signature.ts";

export interface DeadLetter {
  readonly id: string;
  /** The endpoint's URL; null when it is not configured any more. */
  readonly url: string | null;
  readonly event: WebhookEvent;
  readonly attempts: number;
  /** HTTP status of the last attempt; 0: none came. */
  readonly status: number;
}

/** In the order of their ids, after the one that the last page ended with. At most 100. */
export async function deadLetters({ database, acts }: Services, after = ""): Promise<DeadLetter[]> {
  const rows = await patiently(database, () =>
    database.query
      .selectFrom("webhook_message")
      .selectAll()
      .where("state", "=", "dead")
      .where("id", ">", after)
      .orderBy("id")
      .limit(100)
      .execute(),
  );
  const urls = new Map(acts.endpoints.map(({ id, url }) => [id, url]));
  return rows.map(({ id, endpoint, body, attempts, status }) => ({
    id,
    url: urls.get(endpoint) ?? null,
    event: JSON.parse(Buffer.from(body).toString("utf8")) as WebhookEvent,
    attempts,
    status: status ?? 0,
  }));
}

/** Has one sent again, from the first attempt on. False when it is not among the dead. */
export async function revive({ database, clock }: Services, id: string): Promise<boolean> {
  const revived = await patiently(database, () =>
    database.query
      .updateTable("webhook_message")
      .set({ state: "waiting", attempts: 0, due_at: clock() })
      .where("id", "=", id)
      .where("state", "=", "dead")
      .executeTakeFirst(),
  );
  return changed(revived) === 1;
}

/** Lets an endpoint that answered 410 hear again. */
export async function enable({ database }: Services, url: string): Promise<void> {
  const id = endpointId(new URL(url).href);
  await patiently(database, () => database.query.deleteFrom("webhook_endpoint").where("id", "=", id).execute());
}

/** What `maintain()` does: forgets dead letters whose time is over, and messages for endpoints that nobody has configured for as long. */
export async function forgetDeadLetters({ database, clock }: Services): Promise<void> {
  const now = clock();
  await patiently(database, () =>
    database.query.deleteFrom("webhook_message").where("state", "=", "dead").where("due_at", "<=", now).execute(),
  );
  await patiently(database, () =>
    database.query
      .deleteFrom("webhook_message")
      .where("state", "=", "waiting")
      .where("due_at", "<=", now - deadLife)
      .execute(),
  );
}
