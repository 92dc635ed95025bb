/**
 * `npm run soak -- --database all`: 8 clients x 2,000 appends through two servers under fire, 1,000 lost answers, 100 racers, over real databases.
 *
 *     --database postgres   sqlite, postgres, mysql, or all
 *     --appends 2000        of each of the eight clients
 *     --lost 1000           answers that are lost
 *
 * Ends with 1 where something did not hold.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { databaseNames, whyMissing } from "../database-servers.ts";
import { appendUnderFire, raceForOneSeq, retryLostAnswers, type Told } from "./appends.ts";

const { values } = parseArgs({
  options: {
    database: { type: "string", default: "all" },
    appends: { type: "string", default: "2000" },
    lost: { type: "string", default: "1000" },
  },
});

let failed = false;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function hold(what: string, run: () => Promise<Told>): Promise<void> {
  const started = performance.now();
  const { appended, faults, wrong } = await run();
  failed ||= wrong.length > 0;
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  say(`${wrong.length === 0 ? "✓" : "✗"} ${what}: ${appended} appends, ${faults} faults, ${seconds} s`);
  for (const line of wrong.slice(0, 20)) say(`    ${line}`);
}

for (const name of databaseNames) {
  if (values.database !== "all" && values.database !== name) continue;
  const missing = await whyMissing(name);
  if (missing !== undefined) {
    say(missing);
    failed ||= values.database !== "all";
    continue;
  }
  await hold(`${name}: eight clients under fire`, () =>
    appendUnderFire(name, { clients: 8, appends: Number(values.appends), faultEvery: 100 }),
  );
  await hold(`${name}: lost answers`, () => retryLostAnswers(name, Number(values.lost)));
  await hold(`${name}: a hundred for one seq`, () => raceForOneSeq(name, 100, 3));
}
process.exit(failed ? 1 : 0);
