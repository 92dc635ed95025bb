/** Shares for their owners: published, listed, taken back. */
import { decodePublication, fromHex, largestPublication, type OwnedShares } from "@keyfold/core/protocol";
import { readBody } from "../body.ts";
import type { Mount, RequestContext } from "../context.ts";
import type { ShareRow } from "../database/tables.ts";
import { erase } from "../jobs/erase.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { enter, may } from "../session/gate.ts";
import { revokeShare } from "../shares/ending.ts";
import { everListed, publish } from "../shares/publishing.ts";
import { findShare, ownedShares, servedManifest } from "../shares/standing.ts";
import { folderPath, ownedSharePath } from "./paths.ts";

const octets = { "content-type": "application/octet-stream" };

export function ownedShareRoutes(app: Mount, services: Services): void {
  app.get(`${folderPath}/shares`, may(services, "read"), async (c) => {
    const { id } = await enter(c, services, "owner");
    const owned: OwnedShares = { shares: await ownedShares(services, id) };
    return c.json(owned);
  });

  app.put(ownedSharePath, may(services, "write"), async (c) => {
    const folder = await enter(c, services, "owner");
    const publication = decodePublication(await readBody(c, largestPublication));
    return c.json(await publish(services, folder, c.req.param("share"), publication));
  });

  app.get(`${ownedSharePath}/manifest`, may(services, "read"), async (c) => {
    const { id } = await enter(c, services, "owner");
    return c.body(await servedManifest(services, await ownShare(c, services, id)), 200, octets);
  });

  app.get(`${ownedSharePath}/blobs`, may(services, "read"), async (c) => {
    const { id } = await enter(c, services, "owner");
    const share = await ownShare(c, services, id);
    const ids = await everListed(services.database, share.id);
    return c.body(fromHex(ids.join("")), 200, octets);
  });

  app.delete(ownedSharePath, may(services, "write"), async (c) => {
    const { id } = await enter(c, services, "owner");
    const ended = await revokeShare(services, id, c.req.param("share"));
    if (ended) services.background(() => erase(services));
    return c.body(null, 204);
  });
}

/** The share in the path, where it is the folder's. Throws `not-found`, `gone`. */
async function ownShare(c: RequestContext, services: Services, folder: string): Promise<ShareRow> {
  const share = await findShare(services.database, c.req.param("share") ?? "");
  if (share?.folder !== folder) throw new Refusal("not-found");
  if (share.state !== "live") throw new Refusal("gone");
  return share;
}
