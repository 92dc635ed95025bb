/**
 * What migrating is on every database.
 *
 * @module
 */

import { KeyfoldError } from "@keyfold/core/protocol";
import { migrations, type Migration } from "./migrations.ts";

/** Throws `update-needed` where a newer release has been at work. */
export function refuseNewer(versions: readonly number[]): void {
  const newest = migrations.at(-1)?.version ?? 0;
  if (versions.some((version) => version > newest)) throw new KeyfoldError("update-needed", "The database was written by a newer Keyfold.");
}

/** The migrations after the newest of these versions, in their order. */
export function waiting(versions: readonly number[]): Migration[] {
  const current = Math.max(0, ...versions);
  return migrations.filter(({ version }) => version > current);
}
