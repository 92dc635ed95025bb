/**
 * The reference site: one process, one port, SQLite and durable files in a local folder.
 *
 * `PORT` (default 8787), `HOST` (default all addresses), `KEYFOLD_DATA` (default .keyfold beside the project), `KEYFOLD_ORIGIN` (base URLs under
 * which the site is reached besides this machine's own addresses, separated by spaces: behind a reverse proxy this must be set).
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "@keyfold/server/node";
import { Hono } from "hono";

const publicFolder = new URL("../public/", import.meta.url);
const port = Number(process.env["PORT"] ?? 8787);
const hostname = process.env["HOST"] ?? "0.0.0.0";
const dataFolder = resolve(process.env["KEYFOLD_DATA"] ?? fileURLToPath(new URL("../../../.keyfold", import.meta.url)));

const types: Record<string, string> = {
  "index.html": "text/html; charset=utf-8",
  "demo.css": "text/css; charset=utf-8",
  "demo.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

const contentSecurityPolicy = [
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
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const site = new Hono();

async function page(name: string): Promise<Response> {
  return new Response(await readFile(new URL(name, publicFolder)), {
    headers: {
      "content-type": types[name] ?? "application/octet-stream",
      "content-security-policy": contentSecurityPolicy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cache-control": "no-cache",
    },
  });
}

site.get("/", () => page("index.html"));
site.get("/f/:folder{[0-9a-f]{32}}", () => page("index.html"));
for (const name of ["demo.css", "demo.js", "icon.svg"]) site.get(`/${name}`, () => page(name));

const origins = process.env["KEYFOLD_ORIGIN"]?.split(/\s+/).filter((origin) => origin !== "");

const served = await serve({ port, hostname, dataDir: dataFolder, site, ...(origins === undefined ? {} : { origin: origins }) });

const sites = served.addresses.map((address) => address.replace(/\/keyfold$/, "/"));
console.log(`Keyfold is at ${sites[0]}`);
for (const address of sites.slice(1)) {
  console.log(`  on your network: ${address}  (works, and is not protected from that network: put https in front of it)`);
}
console.log(`  data: ${dataFolder}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    served.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}
