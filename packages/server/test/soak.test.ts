/** What `npm run soak` does at length, in short: real processes over each database. */
import { beforeEach, describe, expect, test } from "vitest";
import { databaseNames, needs } from "./databases.ts";
import { appendUnderFire, raceForOneSeq, retryLostAnswers } from "./soak/appends.ts";

describe.each(databaseNames)("%s", (name) => {
  beforeEach((context) => needs(name, context));

  test("eight clients append through two servers that are killed, stopped and cut off: gapless, nothing lost, doubled or skipped", async () => {
    const { appended, faults, wrong } = await appendUnderFire(name, { clients: 8, appends: 12, faultEvery: 12 });
    expect(wrong).toEqual([]);
    expect(appended).toBe(96);
    expect(faults).toBeGreaterThanOrEqual(4);
  }, 240_000);

  test("an append whose answer was lost, before the server or behind it, has the same seq when it comes again", async () => {
    expect(await retryLostAnswers(name, 12)).toEqual({ appended: 12, faults: 12, wrong: [] });
  }, 120_000);

  test("of a hundred who go for one seq one wins", async () => {
    expect((await raceForOneSeq(name, 100, 2)).wrong).toEqual([]);
  }, 120_000);
});
