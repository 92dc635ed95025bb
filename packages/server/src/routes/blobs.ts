/** Blobs: created, looked at, given up. */
import { CreateBlobs, DiscardBlobs, partCountOf, type BlobStanding, type Bytes, type CreatedBlobs } from "@keyfold/core/protocol";
import { createBlobs } from "../blobs/creation.ts";
import { blobRows, giveUp } from "../blobs/life.ts";
import { readJson } from "../body.ts";
import type { Mount, RequestContext } from "../context.ts";
import { patiently, transact } from "../database/database.ts";
import type { BlobRow } from "../database/tables.ts";
import { collectSoon } from "../jobs/collect.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { enter, may } from "../session/gate.ts";
import { blobPath, folderPath } from "./paths.ts";

/** The blob in the path. Throws `not-found`, `gone`. */
export async function blobParam(c: RequestContext, services: Services, folder: string): Promise<BlobRow> {
  const id = c.req.param("blob") ?? "";
  const row = (await blobRows(services.database, folder, [id])).get(id);
  if (row === undefined) throw new Refusal("not-found");
  if (row.state === "deleting") throw new Refusal("gone");
  return row;
}

export function blobRoutes(app: Mount, services: Services): void {
  const { database, clock } = services;

  app.post(`${folderPath}/blobs`, may(services, "write"), async (c) => {
    const { id } = await enter(c, services, "owner");
    const { blobs } = await readJson(c, CreateBlobs);
    const states = await createBlobs(services, id, blobs);
    const created: CreatedBlobs = { blobs: blobs.map(({ blob }) => ({ blob, state: states.get(blob) ?? "open" })) };
    return c.json(created);
  });

  app.post(`${folderPath}/blobs/discard`, may(services, "write"), async (c) => {
    const { id } = await enter(c, services, "owner");
    const { blobs } = await readJson(c, DiscardBlobs);
    const count = await transact(database, (batch) => giveUp(batch, id, [...new Set(blobs)], clock()));
    if (count > 0) collectSoon(services);
    return c.body(null, 204);
  });

  app.get(blobPath, may(services, "read"), async (c) => {
    const { id } = await enter(c, services, "read");
    const blob = await blobParam(c, services, id);
    const rows = await patiently(database, () =>
      database.query
        .selectFrom("part")
        .select("part")
        .where("folder", "=", id)
        .where("blob", "=", blob.id)
        .where("stored", "=", 1)
        .orderBy("part")
        .execute(),
    );
    const standing: BlobStanding = {
      blob: blob.id,
      state: blob.state,
      sealedSize: blob.sealed_size,
      stored: ranges(rows.map(({ part }) => part)),
    };
    return c.json(standing);
  });

  app.get(`${blobPath}/hashes`, may(services, "read"), async (c) => {
    const { id } = await enter(c, services, "read");
    const hashes = await hashesOf(services, await blobParam(c, services, id));
    return c.body(hashes, 200, { "content-type": "application/octet-stream" });
  });
}

/** The hashes of all parts, joined. Throws `incomplete`. */
export async function hashesOf({ database }: Services, blob: BlobRow): Promise<Bytes> {
  const rows = await patiently(database, () =>
    database.query
      .selectFrom("part")
      .select("hash")
      .where("folder", "=", blob.folder)
      .where("blob", "=", blob.id)
      .where("stored", "=", 1)
      .orderBy("part")
      .execute(),
  );
  if (rows.length !== partCountOf(blob.sealed_size)) throw new Refusal("incomplete");
  const hashes = new Uint8Array(32 * rows.length);
  for (const [part, { hash }] of rows.entries()) hashes.set(hash, 32 * part);
  return hashes;
}

/** Ascending numbers as `[first, count]`. */
export function ranges(numbers: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last !== undefined && last[0] + last[1] === number) last[1]++;
    else found.push([number, 1]);
  }
  return found;
}
