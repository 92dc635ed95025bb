/**
 * Who goes next: large files one by one, small ones in bundles, a few of each at once.
 *
 * @module
 */
import { bundleParts, bundleSize } from "../protocol/limits.ts";
import type { Upload } from "./upload.ts";

type Lane = "small" | "large";

/** Large files, and bundles of small ones, under way at once. */
const WIDTH = 3;
/** Files of a bundle at least, while there are as many: below, requests cost more than lanes gain. */
const FEW = 32;

export interface LaneRuns {
  readonly small: (bundle: readonly Upload[]) => Promise<void>;
  readonly large: (upload: Upload) => Promise<void>;
  /** Whether anything may start now. */
  readonly ready: () => boolean;
  /** Whether this one is small. */
  readonly isSmall: (upload: Upload) => boolean;
}

export class UploadLanes {
  readonly #do: LaneRuns;
  readonly #queued: Record<Lane, Upload[]> = { small: [], large: [] };
  readonly #busy: Record<Lane, number> = { small: 0, large: 0 };
  readonly #runs = new Set<Promise<void>>();
  #pumping = false;

  constructor(runs: LaneRuns) {
    this.#do = runs;
  }

  push(upload: Upload): void {
    this.#queued[this.#do.isSmall(upload) ? "small" : "large"].push(upload);
    this.pump();
  }

  /** Starts what may start, once for all that became ready in this turn. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      if (!this.#do.ready()) return;
      for (const lane of ["large", "small"] as const) {
        while (this.#busy[lane] < WIDTH) {
          // Whoever was paused or cancelled meanwhile is not waiting any more.
          this.#queued[lane] = this.#queued[lane].filter(({ row, busy }) => row.status === "waiting" && !busy);
          const next = this.#queued[lane].splice(0, lane === "large" ? 1 : this.#bundle());
          if (next.length === 0) break;
          this.#start(lane, next);
        }
      }
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#runs);
  }

  /** How many of the small ones in front go together: shared out over the free lanes, within what a request takes. */
  #bundle(): number {
    const { small } = this.#queued;
    const share = Math.min(bundleParts, Math.max(FEW, Math.ceil(small.length / (WIDTH - this.#busy.small))));
    let size = 0;
    let count = 0;
    for (const { record } of small.slice(0, share)) {
      size += record.size;
      if (count > 0 && size > bundleSize) break;
      count++;
    }
    return count;
  }

  #start(lane: Lane, uploads: readonly Upload[]): void {
    this.#busy[lane]++;
    for (const upload of uploads) upload.busy = true;
    const run = (lane === "large" ? this.#do.large(uploads[0]!) : this.#do.small(uploads)).finally(() => {
      this.#busy[lane]--;
      this.#runs.delete(run);
      this.pump();
    });
    this.#runs.add(run);
  }
}
