/**
 * `@keyfold/server`: the app to mount, its database and its store.
 *
 * @module
 */

export { keyfold, type Keyfold } from "./app.ts";
export { databaseOf, type OpenOptions } from "./database/database-of.ts";
export { sqlite, type SqliteOptions } from "./database/sqlite.ts";
export type { Database } from "./database/database.ts";
export { durableFs, type DurableFs } from "./blobs/durable-fs.ts";
export { s3, type S3Options } from "./blobs/s3.ts";
export type { CacheOptions } from "./blobs/cache.ts";
export type { RedisClient } from "./blobs/redis-store.ts";
export type { BlobSource } from "./blobs/source.ts";
export type { BlobStore, StoreItem } from "./blobs/store.ts";
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
export { behindProxies } from "./limits/client-address.ts";
export { defaultRates, type Rate, type RateClass, type RateOptions, type Rates, type RateScope } from "./limits/rates.ts";
export type { Cors, CorsOptions } from "./cors.ts";
export type { Authorize, KeyfoldOptions, Limits, Origin, Purpose, Verdict } from "./options.ts";
export type { BrandOptions, OwnPicture, Palette, UnsafeForTests } from "./brand/options.ts";
export { brandfetch, clearbitShaped, duckDuckGo, google, logoDev } from "./brand/providers.ts";
export type { LogoAsk, LogoFormat, LogoProvider } from "./brand/providers.ts";
