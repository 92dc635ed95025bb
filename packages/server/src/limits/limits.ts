/**
 * How much of everything. What FORMAT and protocol fix for all (a part, an entry, the ids in it, a bundle, a page) stands in `@keyfold/core/protocol` and cannot be
 * set: clients count on it.
 *
 * @module
 */

import { defaultQuota, KeyfoldError, largestSealedSize, sharesPerFolder } from "@keyfold/core/protocol";

export interface Limits {
  /** Sealed bytes that a folder may hold. Default 5 GiB. */
  readonly quota: number;
  /** Sealed bytes of one file version. Default, and at most, 1 TiB. */
  readonly maxFileSize: number;
  /** Sealed bytes in all folders of one of the host's users together (`authorize` names them). Default `Infinity`. */
  readonly subjectQuota: number;
  /** Blobs of a folder that are being sent, or were sent and not filed. Default 100,000. */
  readonly openBlobs: number;
  /** Live shares of a folder. Default 1,000. */
  readonly shares: number;
  /** Folders on this server. Default `Infinity`. */
  readonly folders: number;
  /** Folders that one of the host's users may have made. Default 100. */
  readonly foldersPerSubject: number;
  /** Seconds in which a request's body must have come. Default 300, as long as a client tries to send a part. */
  readonly bodySeconds: number;
  /** Seconds in which a request's headers must have come; for `serve()`. Default 20. */
  readonly headerSeconds: number;
}

const defaults: Limits = {
  quota: defaultQuota,
  maxFileSize: largestSealedSize,
  subjectQuota: Infinity,
  openBlobs: 100_000,
  shares: sharesPerFolder,
  folders: Infinity,
  foldersPerSubject: 100,
  bodySeconds: 300,
  headerSeconds: 20,
};

/** What may be as much as anybody likes. */
const endless: ReadonlySet<string> = new Set<keyof Limits>(["subjectQuota", "openBlobs", "shares", "folders", "foldersPerSubject"]);
/** Timers of more than 2^31 milliseconds would end at once. */
const longest = 2_000_000;

/** The limits of a mount. Throws `invalid-argument` for one that is not known, or no whole number. */
export function limitsOf(option: Partial<Limits> = {}): Limits {
  const given = Object.fromEntries(Object.entries(option).filter(([, value]) => value !== undefined));
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) throw new KeyfoldError("invalid-argument", "There is no limit of this name.");
    const isWhole = Number.isSafeInteger(value) && value >= 0;
    if (!isWhole && !(endless.has(name) && value === Infinity)) {
      throw new KeyfoldError("invalid-argument", "A limit is a whole number of bytes, things or seconds.");
    }
    if (name.endsWith("Seconds") && (value < 1 || value > longest)) {
      throw new KeyfoldError("invalid-argument", "A limit of time is at least a second, and at most 2,000,000.");
    }
  }
  const limits: Limits = { ...defaults, ...given };
  return { ...limits, maxFileSize: Math.min(limits.maxFileSize, largestSealedSize) };
}
