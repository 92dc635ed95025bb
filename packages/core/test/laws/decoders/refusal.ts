/** Laws of answers that are no success, and of numbers in headers. */
import { ok } from "node:assert/strict";
import * as fc from "fast-check";
import * as v from "valibot";
import { integerHeader } from "../../../src/api/answer.ts";
import { Refusal, refusalOf, retryAfterSeconds } from "../../../src/api/refusal.ts";
import { ProblemDocument, problems, problemType } from "../../../src/protocol/problem.ts";
import { idOf } from "../../ops.ts";
import { law, type Law } from "../law.ts";
import { damage, damaged, damagedJson, jsonDamage } from "../mutation.ts";
import { judged, ofText } from "./judged.ts";

const problemSeeds = Object.entries(problems).map(([code, [status, title]]) => ({
  type: problemType(code as keyof typeof problems),
  title,
  status,
  code,
  retryAfter: 0.25,
  blobs: [idOf(1)],
  epoch: 1,
}));

export const refusalLaws: readonly Law[] = [
  ofText(
    "numbers in headers",
    200,
    async () => ["0", "12", "9007199254740991", "1e3", "-1"],
    (text) => {
      const headers = new Headers();
      try {
        headers.set("keyfold-seq", text);
      } catch {
        return; // no header that could arrive
      }
      ok(Number.isSafeInteger(integerHeader(headers, "keyfold-seq")));
    },
  ),
  ofText(
    "Retry-After",
    200,
    async () => ["3", "Wed, 21 Oct 2026 07:28:00 GMT", "0"],
    (text) => {
      const seconds = retryAfterSeconds(text);
      ok(seconds === undefined || seconds >= 0);
    },
  ),
  law(
    "problem documents is a refusal with a code of ours, whatever they hold",
    200,
    [
      fc.nat({ max: 40 }),
      jsonDamage,
      fc.option(damage, { freq: 3 }),
      fc.integer({ min: 400, max: 599 }),
      fc.constantFrom("application/problem+json", "application/json", "text/html", ""),
    ],
    async (which, how, torn, status, type) => {
      const text = damagedJson(JSON.stringify(problemSeeds[which % problemSeeds.length]), how);
      const body = torn === null ? new TextEncoder().encode(text) : damaged(new TextEncoder().encode(text), torn);
      let refusal: unknown;
      await judged(async () => {
        refusal = await refusalOf(new Response(body, { status, headers: { "content-type": type } }));
      });
      ok(refusal instanceof Refusal);
      ok(refusal.retryAfter === undefined || refusal.retryAfter >= 0);
      ok(Object.hasOwn(problems, refusal.serverCode));
      v.safeParse(ProblemDocument, refusal.details);
    },
  ),
];
