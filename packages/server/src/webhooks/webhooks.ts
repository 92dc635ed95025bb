/**
 * What a host does with its webhooks: has them sent, and looks at those that could not be.
 *
 * @module
 */

import type { Services } from "../services.ts";
import { deadLetters, enable, revive, type DeadLetter } from "./dead-letters.ts";
import { deliver, type DeliveryReport } from "./delivery.ts";
import type { Endpoint } from "./endpoints.ts";

export type { DeadLetter } from "./dead-letters.ts";
export type { DeliveryReport } from "./delivery.ts";

export interface Webhooks {
  /** Sends what is due; `serve()` does so after `maintain()`. Any number of processes may do it at once. Default 10 s. */
  deliver(options?: { readonly budgetMs?: number }): Promise<DeliveryReport>;
  /** Messages that were given up in the last 30 days: a page of 100, after the id that the last one ended with. */
  deadLetters(after?: string): Promise<DeadLetter[]>;
  /** Has a dead letter sent again. False when there is none of this id. */
  retry(id: string): Promise<boolean>;
  /** Lets an endpoint that answered 410 hear again. Throws `TypeError` for what is no URL. */
  enable(url: string): Promise<void>;
  /** After a request: sends what it has queued. */
  soon(): void;
  /** Ends deliveries that are under way, for good; they are made again later. */
  stop(): void;
}

export function webhooksOf(services: Services, ready: () => Promise<void>): Webhooks {
  const stopping = new AbortController();
  const run = async (endpoints: readonly Endpoint[], budgetMs: number): Promise<DeliveryReport> => {
    await ready();
    const end = performance.now() + budgetMs;
    return deliver(services, endpoints, () => performance.now() < end, stopping.signal);
  };
  const { acts } = services;
  const running = new Set<Endpoint>();
  const soon = (): void => {
    for (const endpoint of acts.endpoints) {
      if (running.has(endpoint) || stopping.signal.aborted || !acts.takeQueued(endpoint)) continue;
      running.add(endpoint);
      services.background(async () => {
        try {
          await run([endpoint], 10_000);
        } finally {
          running.delete(endpoint);
          soon(); // what was queued meanwhile
        }
      });
    }
  };
  return {
    deliver: ({ budgetMs = 10_000 } = {}) => run(acts.endpoints, budgetMs),
    async deadLetters(after) {
      await ready();
      return deadLetters(services, after);
    },
    async retry(id) {
      await ready();
      return revive(services, id);
    },
    async enable(url) {
      await ready();
      await enable(services, url);
    },
    soon,
    stop: () => stopping.abort(),
  };
}
