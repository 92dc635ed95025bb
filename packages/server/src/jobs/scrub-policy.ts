/** How fast stored parts are read again. */
import { day } from "../clock.ts";

export interface ScrubOptions {
  /** Bytes read a second, on average. Default 4 MiB. 0: no scrub. */
  readonly bytesPerSecond?: number;
  /** Days from the end of a round to the beginning of the next. Default 7. */
  readonly everyDays?: number;
}

export interface ScrubPolicy {
  readonly bytesPerSecond: number;
  /** Milliseconds. */
  readonly every: number;
}

export function scrubPolicyOf({ bytesPerSecond = 4 * 2 ** 20, everyDays = 7 }: ScrubOptions = {}): ScrubPolicy {
  return { bytesPerSecond, every: everyDays * day };
}
