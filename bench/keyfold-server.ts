/** Keyfold's own server on its embedded default, with the benchmark's page beside it. */
import { serve } from "@keyfold/server/node";
import { Hono } from "hono";

export async function keyfoldServer(folder: string, page: (path: string) => { type: string; body: string } | undefined): Promise<string> {
  const site = new Hono();
  site.get("*", (context) => {
    const served = page(new URL(context.req.url).pathname);
    return served === undefined ? context.notFound() : context.body(served.body, 200, { "content-type": served.type });
  });
  const { addresses } = await serve({
    port: 0,
    hostname: "127.0.0.1",
    dataDir: folder,
    site,
    assets: false,
    limits: { quota: 16 * 2 ** 30 },
  });
  return addresses[0] as string;
}
