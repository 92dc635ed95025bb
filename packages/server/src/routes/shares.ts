/** Shares for whoever has a link: looked at, opened, downloaded. No account, no session of the folder. */
import { encodeReadBundle, ReadBundle, TakeDownload } from "@keyfold/core/protocol";
import { readJson } from "../body.ts";
import type { Mount, RequestContext } from "../context.ts";
import { inChunks, patiently } from "../database/database.ts";
import { countBy } from "../limits/rate-gate.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { may } from "../session/gate.ts";
import { readShareToken, type ShareClaims } from "../session/share-token.ts";
import { takeDownload } from "../shares/downloads.ts";
import { knock } from "../shares/knocking.ts";
import { liveShare, servedManifest, standingOf } from "../shares/standing.ts";
import { blobParam, hashesOf } from "./blobs.ts";
import { readPart, readParts } from "./parts.ts";
import { sharedBlobPath, sharedPartPath, sharePath } from "./paths.ts";

const octets = { "content-type": "application/octet-stream" };

export function shareRoutes(app: Mount, services: Services): void {
  const open = may(services, "open-share");
  const knocking = may(services, "open-share", "knock");

  app.get(sharePath, may(services, "open-share", "look-up"), async (c) =>
    c.json(standingOf(await liveShare(services, c.req.param("share")))),
  );

  app.get(`${sharePath}/manifest`, knocking, async (c) => c.body(await servedManifest(services, await knock(c, services)), 200, octets));

  app.post(`${sharePath}/downloads`, knocking, async (c) => {
    const share = await knock(c, services);
    const { take } = await readJson(c, TakeDownload);
    return c.json(await takeDownload(services, share, take));
  });

  app.get(`${sharedBlobPath}/hashes`, open, async (c) => {
    const { folder } = await enterFor(c, services, c.req.param("blob"));
    return c.body(await hashesOf(services, await blobParam(c, services, folder)), 200, octets);
  });

  app.get(sharedPartPath, open, async (c) => {
    const { folder } = await enterFor(c, services, c.req.param("blob"));
    return c.body(await readPart(c, services, folder), 200, octets);
  });

  app.post(`${sharePath}/parts/read`, open, async (c) => {
    const { share, folder } = await enterShare(c, services);
    const { parts } = await readJson(c, ReadBundle);
    const listed = await listedOf(
      services,
      share,
      parts.map(([blob]) => blob),
    );
    return c.body(encodeReadBundle(await readParts(services, folder, parts, listed)), 200, octets);
  });
}

/** Lets the token in `Keyfold-Token` in, while its share is live. Throws `token-refused`, `not-found`, `gone`, `share-expired`. */
async function enterShare(c: RequestContext, services: Services): Promise<ShareClaims> {
  const claims = await readShareToken((await services.keys()).share, c.req.header("keyfold-token") ?? "", services.clock());
  if (claims === undefined || claims.share !== c.req.param("share")) throw new Refusal("token-refused");
  await liveShare(services, claims.share);
  await countBy(c, services, "share", claims.share);
  return claims;
}

/** The same for one blob. One that a newer version of the share lists no more is `gone`, as is a blob whose place another has taken. */
async function enterFor(c: RequestContext, services: Services, blob: string): Promise<ShareClaims> {
  const claims = await enterShare(c, services);
  if (!(await listedOf(services, claims.share, [blob])).has(blob)) throw new Refusal("gone");
  return claims;
}

async function listedOf({ database }: Services, share: string, blobs: readonly string[]): Promise<Set<string>> {
  const listed = new Set<string>();
  for (const chunk of inChunks([...new Set(blobs)])) {
    const rows = await patiently(database, () =>
      database.query
        .selectFrom("share_blob")
        .select("blob")
        .where("share", "=", share)
        .where("blob", "in", chunk)
        .where("listed", "=", 1)
        .execute(),
    );
    for (const { blob } of rows) listed.add(blob);
  }
  return listed;
}
