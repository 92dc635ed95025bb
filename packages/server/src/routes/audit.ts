/** The audit log, for owners. */
import type { Mount } from "../context.ts";
import { auditPage } from "../audit/reading.ts";
import type { Services } from "../services.ts";
import { enter, may } from "../session/gate.ts";
import { folderPath } from "./paths.ts";

export function auditRoutes(app: Mount, services: Services): void {
  app.get(`${folderPath}/audit`, may(services, "read"), async (c) => {
    const { id } = await enter(c, services, "owner");
    return c.json(await auditPage(services.database, id, c.req.query("before")));
  });
}
