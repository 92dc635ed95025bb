/** Folders: created, looked up, measured. */
import { CreateFolder, type Usage } from "@keyfold/core/protocol";
import { readJson } from "../body.ts";
import type { Mount } from "../context.ts";
import { createFolder, folderState } from "../folders.ts";
import type { Services } from "../services.ts";
import { enter, folderParam, may } from "../session/gate.ts";
import { quotaOf } from "../subjects/folders.ts";
import { folderPath } from "./paths.ts";

export function folderRoutes(app: Mount, services: Services): void {
  app.post("/v1/folders", may(services, "create"), async (c) => {
    const { created, folder } = await createFolder(services, await readJson(c, CreateFolder), c.get("subject"));
    return c.json(folder, created ? 201 : 200);
  });

  app.get(folderPath, may(services, "look-up"), async (c) => c.json(await folderState(services.database, folderParam(c))));

  app.get(`${folderPath}/usage`, may(services, "read"), async (c) => {
    const folder = await enter(c, services, "read");
    const usage: Usage = { used: folder.used, quota: await quotaOf(services, folder) };
    return c.json(usage);
  });
}
