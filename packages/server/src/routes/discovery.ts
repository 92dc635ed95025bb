/** `GET /v1`, and the way from a key to its folder. */
import {
  blobsPerRequest,
  bundleParts,
  bundleSize,
  entrySize,
  pageSize,
  partSize,
  protocolVersion,
  type Discovery,
} from "@keyfold/core/protocol";
import type { Mount } from "../context.ts";
import { findByKey } from "../folders.ts";
import { countRequest } from "../limits/rate-gate.ts";
import type { Services } from "../services.ts";
import { ownBaseUrl } from "../session/base-url.ts";
import { may } from "../session/gate.ts";

export function discoveryRoutes(app: Mount, services: Services): void {
  const { database, origin, clock } = services;
  const { quota, maxFileSize } = services.limits;

  app.get("/v1", async (c) => {
    await countRequest(c, services, "look-up");
    const discovery: Discovery = {
      protocol: protocolVersion,
      server: ownBaseUrl(origin, c.req.url),
      time: Math.floor(clock() / 1000),
      limits: { partSize, entrySize, pageSize, bundleSize, bundleParts, blobsPerRequest, quota, maxFileSize },
    };
    return c.json(discovery);
  });

  app.get("/v1/keys/:key{[0-9a-f]{32}}", may(services, "look-up"), async (c) => c.json(await findByKey(database, c.req.param("key"))));
}
