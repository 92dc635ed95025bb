/** Laws of signing in: a device signs nothing but its own sign-in, whatever it is asked. */
import { ok, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { Session } from "../../../src/api/session.ts";
import { fromUtf8 } from "../../../src/crypto/encoding.ts";
import { sessionText, type SessionChallenge } from "../../../src/protocol/session-text.ts";
import { idOf } from "../../ops.ts";
import { law, type Law } from "../law.ts";
import { damage, damaged, damagedJson, jsonDamage } from "../mutation.ts";
import { answering } from "./answering.ts";
import { judged, ofJson, onJson, textOf } from "./judged.ts";
import { examples, SERVER } from "./schema.ts";

const signedText = new RegExp(
  `^keyfold/1 session\\nserver:${SERVER}\\nfolder:${idOf(1)}\\nepoch:0\\nscope:owner\\nnonce:[A-Za-z0-9_-]{43}\\nexpires:[0-9]+$`,
);

export const sessionLaws: readonly Law[] = [
  ofJson(
    "what is signed for a session",
    200,
    async () => [examples.Challenge],
    onJson((value) => {
      if (typeof value !== "object" || value === null) return;
      const text = fromUtf8(sessionText(value as SessionChallenge));
      strictEqual(text.split("\n").length, 7);
    }),
  ),
  law(
    "a challenge never makes a device sign anything but its own sign-in",
    150,
    [jsonDamage, fc.option(damage, { freq: 3 }), jsonDamage],
    async (how, torn, ofSession) => {
      const challenge = damagedJson(JSON.stringify(examples.Challenge), how);
      const body = torn === null ? challenge : textOf(damaged(new TextEncoder().encode(challenge), torn));
      const http = answering(
        (_method, path) => new Response(path.endsWith("/challenge") ? body : damagedJson(JSON.stringify(examples.Session), ofSession)),
      );
      const session = new Session(http, idOf(1));
      session.use({
        scope: "owner",
        epoch: 0,
        sign: (message) => {
          ok(signedText.test(textOf(message)), textOf(message));
          return Promise.resolve(new Uint8Array(64));
        },
      });
      await judged(() => session.token());
    },
  ),
];
