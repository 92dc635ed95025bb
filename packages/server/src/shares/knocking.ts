/**
 * Who may open a share: whoever has its token, which derives from the link and, where there is one, from the passphrase.
 *
 * A token that takes a passphrase can be guessed by whoever has the link, one attempt a request. So attempts are written down before they are judged,
 * and a right one is taken out again: any number of requests at once has no more attempts than one after the other.
 *
 * @module
 */

import { constantTimeEqual, fromBase64url, sha256, shareGuesses, shareGuessesOfAll, shareGuessSeconds } from "@keyfold/core/protocol";
import { sql } from "kysely";
import { second } from "../clock.ts";
import type { RequestContext } from "../context.ts";
import { patiently, transact } from "../database/database.ts";
import type { ShareRow } from "../database/tables.ts";
import { randomId } from "../folders.ts";
import { addressOf } from "../limits/client-address.ts";
import { refuseFor, Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { liveShare } from "./standing.ts";

const window = shareGuessSeconds * second;

/**
 * The share in the path, for who has its token in `Keyfold-Share`.
 *
 * Throws `not-found`, `gone`, `share-expired`, `share-refused`, `rate-limited` after ten wrong ones in ten minutes.
 */
export async function knock(c: RequestContext, services: Services): Promise<ShareRow> {
  const share = await liveShare(services, c.req.param("share") ?? "");
  const text = c.req.header("keyfold-share") ?? "";
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) throw new Refusal("share-refused");
  const isRight = constantTimeEqual(await hashOf(text), share.token_hash);
  // Without a passphrase there is nothing to guess: a token is as long as a key.
  if (share.kept.length === 0) {
    if (!isRight) throw new Refusal("share-refused");
    return share;
  }
  const attempt = await count(services, share.id, await addressOf(c, services));
  if (!isRight) throw new Refusal("share-refused");
  await patiently(services.database, () => services.database.query.deleteFrom("share_guess").where("id", "=", attempt).execute());
  return share;
}

async function hashOf(token: string): Promise<Uint8Array> {
  try {
    return await sha256(fromBase64url(token, 32));
  } catch {
    return new Uint8Array();
  }
}

/** Writes an attempt down, and gives its id. Throws `rate-limited`, and then it is not written. */
async function count({ database, clock }: Services, share: string, address: string): Promise<string> {
  const now = clock();
  return transact(database, async (batch) => {
    // The share's row first: attempts follow one another.
    await batch
      .updateTable("share")
      .set({ guesses: sql<number>`guesses + 1` })
      .where("id", "=", share)
      .execute();
    const guesses = await batch
      .selectFrom("share_guess")
      .select(["address", "guessed_at"])
      .where("share", "=", share)
      .where("guessed_at", ">", now - window)
      .orderBy("guessed_at")
      .execute();
    const own = guesses.filter((guess) => guess.address === address);
    const oldest = (own.length >= shareGuesses ? own.at(-shareGuesses) : undefined) ?? guesses.at(-shareGuessesOfAll);
    if (oldest !== undefined && (own.length >= shareGuesses || guesses.length >= shareGuessesOfAll)) {
      throw refuseFor((oldest.guessed_at + window - now) / second, "rate-limited");
    }
    const id = randomId();
    await batch.insertInto("share_guess").values({ id, share, address, guessed_at: now }).execute();
    return id;
  });
}
