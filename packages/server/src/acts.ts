/**
 * What happens in folders, told to those whom it concerns: the owner by the audit log, the host by webhooks. Written in the batch of the act itself.
 *
 * An act is ids, counts and places in a log. Nothing that a client seals, and no address, has a field here.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { fromHex, type Scope } from "@keyfold/core/protocol";
import { writeHourly, writeRow, type AuditPolicy } from "./audit/writing.ts";
import type { Clock } from "./clock.ts";
import { afterCommit, type Batch, type Database } from "./database/database.ts";
import type { Endpoint, WebhookEventName } from "./webhooks/endpoints.ts";
import { enqueue, type WebhookData } from "./webhooks/outbox.ts";

export type Act =
  | { readonly event: "folder-created" }
  | { readonly event: "folder-locked" | "folder-rekeyed"; readonly epoch: number; readonly seq: number }
  /** `count` added blobs of `bytes` in all; `resealed` of them replace others. */
  | {
      readonly event: "appended";
      readonly epoch: number;
      readonly seq: number;
      readonly count: number;
      readonly bytes: number;
      readonly resealed: number;
    }
  | { readonly event: "share-published" | "share-taken" | "share-revoked"; readonly share: string }
  | { readonly event: "pairing-opened" | "pairing-done" }
  | { readonly event: "part-damaged"; readonly blob: string; readonly index: number; readonly reason: "damaged" | "missing" }
  | { readonly event: "quota-near"; readonly percent: number; readonly used: number; readonly quota: number };

/** What anybody could cause over and over: a row an hour, that counts. */
export type HourlyAct =
  | { readonly event: "signed-in" | "session-refused"; readonly scope: Scope }
  | { readonly event: "quota-reached"; readonly used: number; readonly quota: number };

export class Acts {
  readonly endpoints: readonly Endpoint[];
  readonly audit: AuditPolicy;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #queued = new Set<Endpoint>();

  constructor(database: Database, clock: Clock, endpoints: readonly Endpoint[], audit: AuditPolicy) {
    this.#database = database;
    this.#clock = clock;
    this.endpoints = endpoints;
    this.audit = audit;
  }

  /** Inside the act's batch, after its first write. */
  async note(batch: Batch, folder: string, act: Act): Promise<void> {
    const now = this.#clock();
    if (act.event !== "quota-near") await writeRow(batch, folder, rowOf(act), now);
    const told = hookOf(act);
    if (told !== undefined) await this.#enqueue(batch, told.type, { folder, ...told.data }, now);
  }

  /** In a batch of its own. */
  async noteHourly(folder: string, act: HourlyAct): Promise<void> {
    const now = this.#clock();
    const scope = "scope" in act ? act.scope : null;
    await writeHourly(this.#database, folder, { event: act.event, scope }, now, async (batch) => {
      if (act.event !== "quota-reached") return;
      await this.#enqueue(batch, "quota.near", { folder, percent: 100, used: act.used, quota: act.quota }, now);
    });
  }

  /** Whether there is something to send to an endpoint since the last time that this was asked. */
  takeQueued(endpoint: Endpoint): boolean {
    return this.#queued.delete(endpoint);
  }

  async #enqueue(batch: Batch, type: WebhookEventName, data: WebhookData, now: number): Promise<void> {
    const listening = await enqueue(batch, this.endpoints, type, data, now);
    // Whoever looked for it before would find nothing.
    afterCommit(batch, () => listening.forEach((endpoint) => this.#queued.add(endpoint)));
  }
}

/** What names a share where more than its owner may read: the id itself opens its page. */
export function shareMark(share: string): string {
  return createHash("sha256").update(fromHex(share)).digest("hex").slice(0, 32);
}

function rowOf(act: Exclude<Act, { event: "quota-near" }>) {
  const { event } = act;
  return {
    event,
    ...("epoch" in act ? { epoch: act.epoch, seq: act.seq } : {}),
    ...("count" in act ? { occurrences: act.count, size: act.bytes } : {}),
    ...("share" in act ? { share: shareMark(act.share) } : {}),
  };
}

/** The webhook that tells of an act, where one does. */
function hookOf(act: Act): { type: WebhookEventName; data: WebhookData } | undefined {
  switch (act.event) {
    case "appended": {
      const { seq, epoch, count: blobs, bytes, resealed } = act;
      // Encrypted anew after a lock: nothing arrived.
      return blobs > resealed ? { type: "upload.arrived", data: { epoch, seq, blobs, bytes } } : undefined;
    }
    case "folder-locked":
    case "folder-rekeyed":
      return { type: act.event === "folder-locked" ? "folder.locked" : "folder.rekeyed", data: { epoch: act.epoch, seq: act.seq } };
    case "share-taken":
      return { type: "share.taken", data: { share: shareMark(act.share) } };
    case "quota-near":
      return { type: "quota.near", data: { percent: act.percent, used: act.used, quota: act.quota } };
    case "part-damaged":
      return { type: "part.damaged", data: { blob: act.blob, index: act.index, reason: act.reason } };
    default:
      return undefined;
  }
}
