/** The log: read in pages, appended to, rekeyed. */
import { clearIds, entrySize, fromBase64url, pageSize, toBase64url, type Bytes } from "@keyfold/core/protocol";
import { numberHeader, readBody } from "../body.ts";
import type { Mount, RequestContext } from "../context.ts";
import type { FolderRow } from "../database/tables.ts";
import { append, type AppendRequest, type Conflict } from "../log/append.ts";
import { readPage } from "../log/page.ts";
import { rekey } from "../log/rekey.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { enter, may, moved } from "../session/gate.ts";
import { folderPath } from "./paths.ts";

/** Lengths and kind, the clear lists, the sealed part, the signature. */
const entryRecordLimit = 4 + 1 + 4 + 12 + 16 * clearIds + 4 + entrySize + 64;
const rekeyRecordLimit = 4 + 1 + 128 + 64 + 64;

const octets = { "content-type": "application/octet-stream" };

export function logRoutes(app: Mount, services: Services): void {
  app.get(`${folderPath}/log`, may(services, "read"), async (c) => {
    const folder = await enter(c, services, "read");
    const text = c.req.query("from") ?? "";
    const from = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(from)) throw new Refusal("malformed", { detail: "The query from is missing or not a number." });
    const { bytes, count } = await readPage(services.database, folder.id, from, folder.seq, pageSize);
    return c.body(bytes, 200, { ...octets, "keyfold-count": String(count), "keyfold-head": toBase64url(new Uint8Array(folder.head)) });
  });

  app.post(`${folderPath}/log`, may(services, "write"), async (c) => {
    const folder = await enter(c, services, "owner");
    const done = await append(services, folder, await appendRequest(c, entryRecordLimit));
    if ("page" in done) return outrun(c, folder, done);
    moved(c, folder, done);
    return c.json(done);
  });

  app.post(`${folderPath}/rekey`, may(services, "write"), async (c) => {
    const folder = await enter(c, services, "owner").catch((error: unknown) => {
      // Two devices lock at once: the token of the one that came second is of an epoch that the first has just ended.
      if (error instanceof Refusal && error.code === "epoch-over") throw new Refusal("locked-elsewhere", { members: error.members });
      throw error;
    });
    const done = await rekey(services, folder, await appendRequest(c, rekeyRecordLimit + entryRecordLimit));
    if ("page" in done) return outrun(c, folder, done);
    moved(c, folder, done);
    return c.json(done);
  });
}

async function appendRequest(c: RequestContext, limit: number): Promise<AppendRequest> {
  const ticket = c.req.header("keyfold-turn");
  const at = numberHeader(c, "keyfold-at");
  const atOnce = deleteHeader(c);
  const body = await readBody(c, limit);
  return { at, body, ticket: ticket !== undefined && /^[0-9a-f]{32}$/.test(ticket) ? ticket : undefined, atOnce };
}

/** A bit for each dropped blob, at most 1,000 of them. Throws `malformed`. */
function deleteHeader(c: RequestContext): Bytes | undefined {
  const text = c.req.header("keyfold-delete");
  if (text === undefined) return undefined;
  if (text.length > Math.ceil((clearIds / 8) * (4 / 3)))
    throw new Refusal("malformed", { detail: "The header Keyfold-Delete is too long." });
  return fromBase64url(text);
}

/** 409 with the records that are missing. */
function outrun(c: RequestContext, folder: FolderRow, { page, seq, ticket }: Conflict): Response {
  moved(c, folder, { seq });
  return c.body(page.bytes, 409, {
    ...octets,
    "keyfold-code": "conflict",
    "keyfold-count": String(page.count),
    ...(ticket === undefined ? {} : { "keyfold-turn": ticket }),
  });
}
