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
export type { LogLine } from "./log-line.ts";
export type { Authorize, KeyfoldOptions, Limits, Origin, Purpose } from "./options.ts";
export type { BrandOptions, OwnPicture, Palette, UnsafeForTests } from "./brand/options.ts";
export { brandfetch, clearbitShaped, duckDuckGo, google, logoDev } from "./brand/providers.ts";
export type { LogoAsk, LogoFormat, LogoProvider } from "./brand/providers.ts";
