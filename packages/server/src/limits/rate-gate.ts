/**
 * Requests, counted where it is known by whom: by address before anything else, by the host's user once the host has named one, by folder and share once a
 * token was accepted.
 *
 * @module
 */

import type { RequestContext } from "../context.ts";
import type { Services } from "../services.ts";
import { countedAddress } from "./client-address.ts";
import type { RateClass, RateScope } from "./rates.ts";

/** Counts by address, and remembers what kind of request this is. Throws `rate-limited`. */
export async function countRequest(c: RequestContext, services: Services, kind: RateClass): Promise<void> {
  c.set("kind", kind);
  if (services.rates === undefined) return;
  const address = await countedAddress(c, services);
  if (address !== undefined) await countBy(c, services, "address", address);
}

/** Throws `rate-limited`. */
export async function countBy(c: RequestContext, services: Services, scope: RateScope, key: string): Promise<void> {
  const kind = c.get("kind");
  if (services.rates === undefined || kind === undefined) return;
  const standing = await services.rates.take(kind, scope, key);
  if (standing !== undefined) c.set("standings", [...(c.get("standings") ?? []), standing]);
}
