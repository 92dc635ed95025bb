/** The built elements and their pages, below the mount. */
import type { Mount } from "../context.ts";
import { elementsDirectory, readShelf, type Asset } from "../assets/shelf.ts";
import type { KeyfoldOptions } from "../options.ts";
import { onPages } from "../secure-headers.ts";

/** What the elements need, and nothing else (the contract of the elements names it). */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "require-trusted-types-for 'script'",
].join("; ");

const forEver = "public, max-age=31536000, immutable";

export function assetRoutes(app: Mount, option: KeyfoldOptions["assets"]): void {
  if (option === false) return;
  let shelf: Promise<ReadonlyMap<string, Asset>> | undefined;
  const read = async (): Promise<ReadonlyMap<string, Asset>> => {
    const directory = option ?? elementsDirectory();
    return directory === undefined ? new Map<string, Asset>() : readShelf(directory);
  };

  app.get("/:name{[A-Za-z0-9][A-Za-z0-9._/-]*}", async (c, next) => {
    shelf ??= read();
    const asset = (await shelf).get(c.req.param("name"));
    // Not ours: the host may have something under this path.
    if (asset === undefined) {
      await next();
      return undefined;
    }
    c.header("etag", asset.etag);
    c.header("cache-control", asset.immutable ? forEver : "no-cache");
    // Policies add up: a page that has its own, for what stands in it, would not run under ours as well.
    if (asset.page) for (const [name, value] of Object.entries(onPages)) c.header(name, value);
    if (asset.page)
      c.header("content-security-policy", asset.policy === undefined ? pagePolicy : `${asset.policy}; frame-ancestors 'none'`);
    if (matches(c.req.header("if-none-match"), asset.etag)) return c.body(null, 304);
    return c.body(asset.bytes, 200, { "content-type": asset.type });
  });
}

/** `If-None-Match` (RFC 9110, 13.1.2), weak comparison. */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((candidate) => candidate.trim() === "*" || candidate.trim().replace(/^W\//, "") === etag);
}
