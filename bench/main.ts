/**
 * `npm run bench`: every line is a ratio of two figures of this run, against its aim. Nothing here fails; a figure below its aim is to be read.
 *
 * `--quick` sends 128 MiB where 1 GiB is sent otherwise, and a tenth of what else is large. `--only node,search` runs these sections alone.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { databaseTimes } from "./databases.ts";
import { loadTimes } from "./load.ts";
import { MiB } from "./measure.ts";
import { memoryOf } from "./memory.ts";
import { openingTimes } from "./opening.ts";
import { providerTimes } from "./providers.ts";
import { scale } from "./scale.ts";
import { measureSealing } from "./sealing.ts";
import { searchTimes } from "./search.ts";
import { makeFile } from "./stage.ts";
import { storeTimes } from "./stores.ts";
import { reportSealing, transfersInChromium, transfersInNode, type TransferStage } from "./transfers.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, only: { type: "string" } } });
const { quick, only } = values;
const folder = await mkdtemp(join(tmpdir(), "keyfold-bench-"));

let made: TransferStage | undefined;
async function stage(): Promise<TransferStage> {
  if (made !== undefined) return made;
  made = { folder, file: join(folder, "file.bin"), size: (quick ? 128 : 1024) * MiB };
  await makeFile(made.file, made.size);
  return made;
}

const sections: Readonly<Record<string, () => Promise<void>>> = {
  sealing: async () => reportSealing("Node", await measureSealing(32, 5), 32 * 4 * MiB),
  stores: () => storeTimes(folder, quick ? 12 : 48),
  node: async () => transfersInNode(await stage()),
  chromium: async () => transfersInChromium(await stage()),
  memory: () => memoryOf(folder, quick),
  providers: () => providerTimes(),
  opening: () => openingTimes(folder, quick ? 1_000 : 10_000),
  search: () => searchTimes(quick ? 20_000 : 100_000),
  scale: () => scale(folder, quick),
  load: () => loadTimes(folder, quick),
  databases: () => databaseTimes(folder, quick),
};

const wanted = only?.split(",") ?? Object.keys(sections);
const unknown = wanted.filter((name) => !Object.hasOwn(sections, name));
if (unknown.length > 0) {
  console.error(`There is no section ${unknown.join(", ")}. There are ${Object.keys(sections).join(", ")}.`);
  process.exit(2);
}
try {
  console.log(`${quick ? 128 : 1024} MiB over loopback; servers are processes of their own; six parts in flight\n`);
  for (const name of wanted) await sections[name]?.();
} finally {
  await rm(folder, { recursive: true, force: true });
}
