/**
 * The outbox: messages are written in the batch of what they tell, so that neither is there without the other.
 *
 * @module
 */

import { toHex } from "@keyfold/core/protocol";
import type { Batch } from "../database/database.ts";
import type { Endpoint, WebhookEventName } from "./endpoints.ts";
import type { WebhookEvent } from "./signature.ts";

/** Ids, counts, places in a log: nothing else has a type that fits. */
export type WebhookData = Readonly<Record<string, string | number>>;

/** Inside a batch that has written already. Returns those that are to be told. */
export async function enqueue(
  batch: Batch,
  endpoints: readonly Endpoint[],
  type: WebhookEventName,
  data: WebhookData,
  now: number,
): Promise<readonly Endpoint[]> {
  const listening = endpoints.filter(({ events }) => events.has(type));
  if (listening.length === 0) return listening;
  const event: WebhookEvent = { type, timestamp: new Date(now).toISOString(), data };
  const body = new Uint8Array(Buffer.from(JSON.stringify(event)));
  await batch
    .insertInto("webhook_message")
    .values(
      listening.map(({ id: endpoint }) => ({
        id: toHex(crypto.getRandomValues(new Uint8Array(16))),
        endpoint,
        event: type,
        state: "waiting" as const,
        body,
        attempts: 0,
        status: null,
        created_at: now,
        due_at: now,
      })),
    )
    .execute();
  return listening;
}
