/**
 * The host's endpoints, as it configured them.
 *
 * Their URLs are the host's own, and are requested as they are: inside its network, too. None ever comes from a client.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { KeyfoldError } from "@keyfold/core/protocol";
import { webhookKey } from "./signature.ts";

export const webhookEvents = ["upload.arrived", "folder.locked", "folder.rekeyed", "share.taken", "quota.near", "part.damaged"] as const;
export type WebhookEventName = (typeof webhookEvents)[number];

export interface WebhookOptions {
  /** http or https, without user and password. */
  readonly url: string;
  /** `whsec_` and 24 to 64 random bytes in base64; one an endpoint. */
  readonly secret: string;
  /** Default: all. */
  readonly events?: readonly WebhookEventName[];
}

export interface Endpoint {
  /** Hash of the URL: messages are kept under it, the URL itself is not. */
  readonly id: string;
  readonly url: string;
  readonly key: Buffer;
  readonly events: ReadonlySet<WebhookEventName>;
}

export function endpointId(url: string): string {
  return createHash("sha256").update(`keyfold/1 webhook\0${url}`).digest("hex").slice(0, 32);
}

/** Throws `invalid-argument` for options that cannot be meant. */
export function endpointsOf(options: readonly WebhookOptions[] = []): readonly Endpoint[] {
  const endpoints = options.map(({ url, secret, events = webhookEvents }): Endpoint => {
    const parsed = URL.parse(url);
    if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.username !== "" || parsed.password !== "") {
      throw new KeyfoldError("invalid-argument", "A webhook's URL is http or https, without user and password.");
    }
    if (!events.every((event) => webhookEvents.includes(event)))
      throw new KeyfoldError("invalid-argument", "There is no such webhook event.");
    return { id: endpointId(parsed.href), url: parsed.href, key: webhookKey(secret), events: new Set(events) };
  });
  if (new Set(endpoints.map(({ id }) => id)).size !== endpoints.length) {
    throw new KeyfoldError("invalid-argument", "Two webhooks have the same URL.");
  }
  return endpoints;
}
