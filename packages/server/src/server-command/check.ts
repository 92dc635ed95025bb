/**
 * `check`: verifies database against blobs, and says what was found. It writes nothing.
 *
 * @module
 */

import { join } from "node:path";
import { KeyfoldError } from "@keyfold/core/protocol";
import { durableFs } from "../blobs/durable-fs.ts";
import { blobStoreOf } from "../blobs/source.ts";
import type { BlobStore } from "../blobs/store.ts";
import { checkStore, type CheckReport, type Finding } from "../check/check.ts";
import { databaseOf } from "../database/database-of.ts";
import type { Database } from "../database/database.ts";
import { refuseOtherSchema } from "../database/migrating.ts";
import { describeCause } from "../log-line.ts";
import { blobsOf } from "../storage-url.ts";
import { readGiven, type Environment } from "./given.ts";
import { storageOf, type StorageSettings } from "./settings.ts";
import { misused, type Surroundings } from "./surroundings.ts";
import { helpLines } from "./variables.ts";

/** Exit codes, besides `misused`. */
export const clean = 0;
export const found = 1;
/** Neither clean nor not: it came to no end. */
export const unchecked = 3;

const flags = ["data", "database", "blobs"] as const;

const help = `Verifies what Keyfold has stored: every log, every blob against its parts, every part against its hash. Changes nothing; may run while the server works.

  keyfold-server check [options]

${helpLines(flags, [
  ["--json", "what was found as one JSON document"],
  ["--skip-parts", "the database alone: much faster, for nothing is read from the store"],
])}

Variables of the environment as for the server (keyfold-server --help).

Exit code: 0 nothing was found; 1 something was; 2 a flag or a variable is wrong; 3 it could not be checked.
`;

/** Resolves with the exit code. */
export async function runCheck({ args, environment, version, say, complain }: Surroundings): Promise<number> {
  try {
    const given = readGiven(args, environment, { flags, switches: ["json", "skip-parts"] });
    if (given === "help" || given === "version") {
      say(given === "help" ? help : `${version}\n`);
      return clean;
    }
    const report = await check(storageOf(given.text), environment, !given.switches.has("skip-parts"));
    say(given.switches.has("json") ? `${JSON.stringify(report)}\n` : textOf(report));
    return report.clean ? clean : found;
  } catch (error) {
    complain(`${error instanceof KeyfoldError ? error.message : `It could not be checked: ${describeCause(error) ?? "unknown"}`}\n`);
    return error instanceof KeyfoldError && error.code === "invalid-argument" ? misused : unchecked;
  }
}

async function check(settings: StorageSettings, environment: Environment, parts: boolean): Promise<CheckReport> {
  const { dataDir, blobs, accessKey } = settings;
  const source =
    blobs === undefined ? durableFs(join(dataDir, "blobs")) : await blobsOf(blobs, { ...accessKey, region: environment["AWS_REGION"] });
  const database = await databaseOf(settings.database ?? `sqlite:${join(dataDir, "keyfold.db")}`, { readOnly: true });
  let store: BlobStore | undefined;
  try {
    store = blobStoreOf(source);
    await refuseOtherSchema(database);
    return await checkStore(database, store, { parts });
  } finally {
    await closed(database, store);
  }
}

/** What went wrong before is what is told. */
async function closed(database: Database, store: BlobStore | undefined): Promise<void> {
  await Promise.allSettled([store?.close?.(), database.close()]);
}

function textOf(report: CheckReport): string {
  const counts = Object.entries(report.counts);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  const unlisted = all - report.findings.length;
  const lines = [
    ...report.findings.map(lineOf),
    ...(unlisted > 0 ? [`and ${unlisted} more, which are only counted`] : []),
    report.clean ? "Clean." : `Found: ${counts.map(([kind, count]) => `${kind} ${count}`).join(", ")}.`,
    `Looked at: folders ${report.folders}, records ${report.records}, blobs ${report.blobs}, parts ${report.parts} (${report.bytes} bytes).`,
  ];
  return `${lines.join("\n")}\n`;
}

function lineOf({ kind, ...where }: Finding): string {
  return [kind, ...Object.entries(where).map(([name, value]) => `${name}=${value}`)].join(" ");
}
