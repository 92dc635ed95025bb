/** Challenge, signature, token (docs/format.md, section 5). */
import {
  authPubOf,
  challengeSeconds,
  ChallengeRequest,
  fromBase64url,
  readAuthPubOf,
  SessionRequest,
  sessionText,
  verifyEd25519,
  type Challenge,
  type Session,
} from "@keyfold/core/protocol";
import { readJson } from "../body.ts";
import type { Mount } from "../context.ts";
import { existingFolder } from "../folders.ts";
import { Refusal } from "../refusal.ts";
import { patiently } from "../database/database.ts";
import type { Services } from "../services.ts";
import { isConfigured } from "../session/base-url.ts";
import { isOurChallenge, issueChallenge } from "../session/challenge.ts";
import { folderParam, may } from "../session/gate.ts";
import { issueToken } from "../session/token.ts";
import { folderPath } from "./paths.ts";

export function sessionRoutes(app: Mount, services: Services): void {
  const { database, keys, origin, clock, acts } = services;

  app.post(`${folderPath}/challenge`, may(services, "sign-in"), async (c) => {
    const { server, scope } = await readJson(c, ChallengeRequest);
    if (!isConfigured(origin, server)) throw new Refusal("wrong-server");
    const { id, epoch } = await existingFolder(database, folderParam(c));
    const expires = Math.floor(clock() / 1000) + challengeSeconds;
    const challenge: Challenge = await issueChallenge((await keys()).challenge, { server, folder: id, epoch, scope, expires });
    return c.json(challenge);
  });

  app.post(`${folderPath}/session`, may(services, "sign-in"), async (c) => {
    const { signature, ...answer } = await readJson(c, SessionRequest);
    const challenge = { ...answer, folder: folderParam(c) };
    if (!isConfigured(origin, challenge.server)) throw new Refusal("wrong-server");
    if (!(await isOurChallenge((await keys()).challenge, challenge))) throw new Refusal("challenge-refused");
    if (challenge.expires * 1000 <= clock()) throw new Refusal("challenge-refused");
    const folder = await existingFolder(database, challenge.folder);
    if (challenge.epoch !== folder.epoch) throw new Refusal("epoch-over", { members: { epoch: folder.epoch } });

    const publicKey = new Uint8Array(challenge.scope === "owner" ? authPubOf(folder.keys) : readAuthPubOf(folder.keys));
    if (!(await verifyEd25519(publicKey, fromBase64url(signature, 64), sessionText(challenge)))) {
      await acts.noteHourly(folder.id, { event: "session-refused", scope: challenge.scope });
      throw new Refusal("signature-refused");
    }
    await useUp(challenge.nonce, challenge.expires * 1000);
    const { folder: sub, epoch, scope } = challenge;
    await acts.noteHourly(sub, { event: "signed-in", scope });
    const session: Session = await issueToken((await keys()).token, { folder: sub, epoch, scope }, clock());
    return c.json(session);
  });

  /** A nonce is good once. Only one that was signed rightly is remembered: nobody else can fill the table. */
  async function useUp(nonce: string, expires_at: number): Promise<void> {
    try {
      await patiently(database, () => database.query.insertInto("used_nonce").values({ nonce, expires_at }).execute());
    } catch (error) {
      if (database.fault(error) === "duplicate") throw new Refusal("challenge-refused");
      throw error;
    }
  }
}
