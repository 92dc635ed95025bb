/**
 * Who may come in: the host's rule, then the folder's token.
 *
 * @module
 */

import type { MiddlewareHandler } from "hono";
import type { MountEnv, RequestContext } from "../context.ts";
import type { FolderRow } from "../database/tables.ts";
import { existingFolder } from "../folders.ts";
import { countBy, countRequest } from "../limits/rate-gate.ts";
import type { RateClass } from "../limits/rates.ts";
import type { Purpose } from "../options.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { rememberFolder } from "../subjects/folders.ts";
import { hashedSubject } from "../subjects/subject.ts";
import { readToken } from "./token.ts";

const kinds: Readonly<Record<Purpose["action"], RateClass>> = {
  "look-up": "look-up",
  list: "look-up",
  create: "create",
  "sign-in": "sign-in",
  read: "read",
  write: "write",
  "open-share": "read",
};

/** Counts the request, then asks the host. Before anything else of it is looked at. */
export function may(services: Services, action: Purpose["action"], kind = kinds[action]): MiddlewareHandler<MountEnv> {
  return async (c, next) => {
    await countRequest(c, services, kind);
    const { authorize } = services;
    if (authorize !== undefined) {
      const folder = c.req.param("folder");
      const verdict = await authorize(c.req.raw, { action, ...(folder === undefined ? {} : { folder }) });
      if (verdict instanceof Response) return verdict;
      if (verdict === false) throw new Refusal("refused");
      if (verdict !== true) {
        const subject = await hashedSubject(services, verdict.subject);
        c.set("subject", subject);
        await countBy(c, services, "subject", subject);
      }
    }
    await next();
    return undefined;
  };
}

export function folderParam(c: RequestContext): string {
  const folder = c.req.param("folder");
  if (folder === undefined) throw new Refusal("not-found");
  return folder;
}

/**
 * The folder that the token in `Keyfold-Token` opens, as it stands now.
 *
 * @param need `owner` for whatever changes something.
 * Throws `token-refused`, `epoch-over`, `read-only`, `not-found`.
 */
export async function enter(c: RequestContext, services: Services, need: "owner" | "read"): Promise<FolderRow> {
  const { token } = await services.keys();
  const claims = await readToken(token, c.req.header("keyfold-token") ?? "", services.clock());
  if (claims === undefined || claims.folder !== folderParam(c)) throw new Refusal("token-refused");
  const folder = await existingFolder(services.database, claims.folder);
  c.set("folder", folder);
  if (claims.epoch !== folder.epoch) throw new Refusal("epoch-over", { members: { epoch: folder.epoch } });
  if (need === "owner" && claims.scope !== "owner") throw new Refusal("read-only");
  await countBy(c, services, "folder", folder.id);
  const subject = c.get("subject");
  if (subject !== undefined && need === "owner" && c.get("kind") === "write") await rememberFolder(services, subject, folder.id);
  return folder;
}

/** After a change: what the answer's headers say. */
export function moved(c: RequestContext, folder: FolderRow, to: { epoch?: number; seq: number }): void {
  c.set("folder", { ...folder, ...to });
}
