/** `GET /v1/openapi.json`: the routes, told for machines. */
import type { Mount } from "../context.ts";
import { openApiDocument, type DocumentOptions } from "../openapi/document.ts";
import { openApiPath } from "../openapi/server-operations.ts";
import type { Services } from "../services.ts";
import { ownBaseUrl } from "../session/base-url.ts";

export function openApiRoutes(app: Mount, { origin }: Services, has: DocumentOptions["has"]): void {
  let made: object | undefined;
  app.get(openApiPath, (c) => {
    made ??= openApiDocument({ server: "/", has });
    return c.json({ ...made, servers: [{ url: ownBaseUrl(origin, c.req.url) }] });
  });
}
