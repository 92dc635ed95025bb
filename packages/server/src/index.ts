/**
 * `@keyfold/server`: the app to mount, its database and its store.
 *
 * @module
 */

export { keyfold, type Keyfold } from "./app.ts";
export { sqlite } from "./database/sqlite.ts";
export type { Database } from "./database/database.ts";
export { durableFs, type DurableFs } from "./blobs/durable-fs.ts";
export type { BlobSource, BlobStore, StoreItem } from "./blobs/store.ts";
export type { MaintainOptions, MaintainReport } from "./jobs/maintain.ts";
export type { AuditOptions } from "./audit/writing.ts";
export type { Damage, DamagedPart, PartPlace } from "./blobs/damage.ts";
export { checkStore, type CheckOptions, type CheckReport, type Finding, type FindingKind } from "./check/check.ts";
export type { ScrubReport } from "./jobs/scrub.ts";
export type { ScrubOptions } from "./jobs/scrub-policy.ts";
export { webhookEvents, type WebhookEventName, type WebhookOptions } from "./webhooks/endpoints.ts";
export { verifyWebhook, type VerifiedWebhook, type WebhookEvent } from "./webhooks/signature.ts";
export type { DeadLetter, DeliveryReport, Webhooks } from "./webhooks/webhooks.ts";
export type { LogLine } from "./log-line.ts";
export type { Authorize, KeyfoldOptions, Limits, Origin, Purpose } from "./options.ts";
