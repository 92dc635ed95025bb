/**
 * The scrub: reads every stored part again and compares it with its SHA-256, round after round, no faster than it is told to.
 *
 * @module
 */

import { second } from "../clock.ts";
import { noteDamage, noteHealed } from "../blobs/damage.ts";
import { inspect, partsAfter, type StoredPart } from "../blobs/inspection.ts";
import { logLine } from "../log-line.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import type { Budget } from "./collect.ts";
import { underLease, type Tenure } from "./lease.ts";
import { beginRound, endRound, goOn, walkOf, type Walk } from "./walk.ts";

export interface ScrubReport {
  /** Parts looked at. */
  readonly parts: number;
  readonly bytes: number;
  /** Found now; all that stand are in `damagedParts()`. */
  readonly damaged: number;
  readonly missing: number;
  /** Found whole that had been damaged. */
  readonly healed: number;
  /** Parts that the store failed to give: no judgement on them. */
  readonly unreadable: number;
}

export const unscrubbed: ScrubReport = { parts: 0, bytes: 0, damaged: 0, missing: 0, healed: 0, unreadable: 0 };

const page = 16;

/** What a run may read beyond what its rate allows: parts are not cut. */
const leastBytes = 4 * 2 ** 20;

/** The time that a pause may earn bytes for. */
const longestPause = 120 * second;

/** So many failures of the store in a row mean that it is away: the run ends, and looks at the same parts again the next time. */
const storeIsAway = 3;

/** Goes on with the round, unless another process is at it. */
export async function scrubAlone(services: Services, budget: Budget, tenure: Tenure): Promise<ScrubReport> {
  return (await underLease(services, "scrub", tenure, () => scrub(services, budget))) ?? unscrubbed;
}

/** Goes on with the round, or begins one that is due. Right also when two do it at once; then one of them stops. */
async function scrub(services: Services, budget: Budget): Promise<ScrubReport> {
  const { database, clock, scrub: policy } = services;
  const done = { ...unscrubbed };
  if (policy.bytesPerSecond <= 0) return done;
  let walk: Walk | undefined = await walkOf(database, "scrub", clock());
  if (walk.begun_at === 0) {
    if (clock() < walk.moved_at + policy.every) return done;
    walk = await beginRound(database, walk, clock());
  }
  if (walk === undefined) return done;
  const earned = (Math.min(longestPause, clock() - walk.moved_at) / second) * policy.bytesPerSecond;
  const most = Math.max(leastBytes, earned);

  let failures = 0;
  do {
    const parts: StoredPart[] = await partsAfter(database, walk, page);
    if (parts.length === 0) {
      await endRound(database, walk, clock());
      return done;
    }
    let passed: StoredPart | undefined;
    for (const part of parts) {
      const unreadable = await judge(services, part, done);
      failures = unreadable ? failures + 1 : 0;
      if (failures === storeIsAway) return done;
      if (failures === 0) passed = part;
      if (done.bytes >= most) break;
    }
    // One or two that could not be read are passed over once the store gives the next; those that end a page are looked at once more.
    if (parts.length < page && done.bytes < most) passed = parts.at(-1);
    if (passed === undefined) return done;
    walk = await goOn(database, walk, passed, clock());
  } while (walk !== undefined && done.bytes < most && budget());
  return done;
}

async function judge(services: Services, part: StoredPart, done: { -readonly [Key in keyof ScrubReport]: number }): Promise<boolean> {
  const verdict = await inspect(services.store, part);
  const place = { folder: part.folder, blob: part.blob, index: part.part };
  done.parts++;
  done.bytes += part.length;
  if (verdict === "unreadable") done.unreadable++;
  else if (verdict === "sound") {
    if (await noteHealed(services.database, place)) done.healed++;
  } else if (await noteDamage(services, place, verdict)) {
    done[verdict]++;
    services.report(logLine(new Refusal("part-damaged"), "-", "scrub"));
  }
  return verdict === "unreadable";
}
