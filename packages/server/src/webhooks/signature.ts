/**
 * Signatures of webhooks, as the Standard Webhooks specification (1.0.0) has them: HMAC-SHA256 over `<id>.<Unix seconds>.<body>`, in base64, after `v1,`.
 *
 * @module
 */

import { createHmac, timingSafeEqual } from "node:crypto";
import { KeyfoldError } from "@keyfold/core/protocol";
import { second } from "../clock.ts";

const prefix = "whsec_";

/** How far a message's time may be from the receiver's, milliseconds: older ones may have been recorded and sent again. */
const tolerance = 300 * second;

/** The key in `whsec_<base64>`, 24 to 64 bytes. Throws `invalid-argument`. */
export function webhookKey(secret: string): Buffer {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : "";
  const key = Buffer.from(text, "base64");
  if (key.length < 24 || key.length > 64 || key.toString("base64").replace(/=+$/, "") !== text.replace(/=+$/, "")) {
    throw new KeyfoldError("invalid-argument", "A webhook's secret is whsec_ and 24 to 64 bytes in base64.");
  }
  return key;
}

function mac(key: Buffer, id: string, timestamp: string, body: string | Uint8Array): Buffer {
  return createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
}

/** The three headers of an attempt. `timestamp` in Unix seconds. */
export function signatureHeaders(key: Buffer, id: string, timestamp: number, body: Uint8Array): Record<string, string> {
  const signature = mac(key, id, String(timestamp), body).toString("base64");
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": `v1,${signature}` };
}

export interface WebhookEvent {
  /** `upload.arrived`, `folder.locked` … */
  readonly type: string;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, string | number>>;
}

export interface VerifiedWebhook extends WebhookEvent {
  /** The same in every attempt: what was handled once is not handled again. */
  readonly id: string;
}

/**
 * For the host that receives: what a request says, once its signature holds and it is not older than five minutes.
 *
 * @param headers Of the request: a `Headers`, or Node's own object.
 * @param body The bytes (or text) as they came; not parsed and written anew.
 * @param secrets The endpoint's secret; several while it is being changed.
 * Throws `tampered` when nothing of that holds, `invalid-argument` for a secret that is none.
 */
export function verifyWebhook(
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>,
  body: string | Uint8Array,
  secrets: string | readonly string[],
  now: number = Date.now(),
): VerifiedWebhook {
  const header = (name: string): string => {
    const value = headers instanceof Headers ? headers.get(name) : headers[name];
    return typeof value === "string" ? value : "";
  };
  const [id, timestamp] = [header("webhook-id"), header("webhook-timestamp")];
  const sent = header("webhook-signature")
    .split(" ")
    .flatMap((part) => (part.startsWith("v1,") ? [Buffer.from(part.slice(3), "base64")] : []));
  const keys = (typeof secrets === "string" ? [secrets] : secrets).map(webhookKey);
  const isInTime = /^[0-9]{1,12}$/.test(timestamp) && Math.abs(Number(timestamp) * second - now) <= tolerance;
  const holds = keys.some((key) => {
    const expected = mac(key, id, timestamp, body);
    return sent.some((signature) => signature.length === expected.length && timingSafeEqual(signature, expected));
  });
  if (id === "" || !isInTime || !holds) throw new KeyfoldError("tampered", "The webhook's signature does not hold, or it is too old.");
  const event = JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body)) as WebhookEvent;
  return { ...event, id };
}
