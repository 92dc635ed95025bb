/** Folders: created, looked up, measured, deleted. */
import { CreateFolder, fromBase64url, type Usage } from "@keyfold/core/protocol";
import { readJson } from "../body.ts";
import type { Mount } from "../context.ts";
import { patiently } from "../database/database.ts";
import { createFolder, folderState } from "../folders.ts";
import { Refusal } from "../refusal.ts";
import { deleteFolder } from "../removal.ts";
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
    const [quota, blobs] = await Promise.all([quotaOf(services, folder), countBlobs(services, folder.id)]);
    const usage: Usage = { used: folder.used, quota, blobs };
    return c.json(usage);
  });

  app.delete(folderPath, may(services, "write"), async (c) => {
    const { id } = await enter(c, services, "owner");
    const head = c.req.header("keyfold-head") ?? "";
    if (!/^[A-Za-z0-9_-]{43}$/.test(head)) throw new Refusal("malformed", { detail: "The header Keyfold-Head is missing or not a head." });
    await deleteFolder(services, id, fromBase64url(head, 32));
    return c.body(null, 204);
  });
}

/** Blobs that count against the quota. */
async function countBlobs({ database }: Services, folder: string): Promise<number> {
  const { count } = await patiently(database, () =>
    database.query
      .selectFrom("blob")
      .select((select) => select.fn.countAll<number | string | bigint>().as("count"))
      .where("folder", "=", folder)
      .where("state", "in", ["open", "held", "live"])
      .executeTakeFirstOrThrow(),
  );
  return Number(count);
}
