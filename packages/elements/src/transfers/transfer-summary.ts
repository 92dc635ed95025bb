/** What is said of several transfers at once. */
import type { Transfer } from "@keyfold/core";

export interface TransferSummary {
  readonly all: number;
  readonly done: number;
  /** Failed, or waiting for a file. */
  readonly needing: number;
  readonly active: number;
  readonly paused: number;
  readonly stalled: number;
  /** Bytes. */
  readonly size: number;
  readonly processed: number;
  readonly confirmed: number;
  /** Bytes a second. */
  readonly rate: number;
  /** Seconds; null when not known. */
  readonly remaining: number | null;
  readonly direction: "upload" | "download" | "both";
}

/** Transfers a person follows: not what is still being looked over, not what they cancelled, not re-encryption (the alert tells of that). */
export function followed(transfers: readonly Transfer[], direction: string | null): readonly Transfer[] {
  return transfers.filter(
    (transfer) =>
      transfer.status !== "picked" &&
      transfer.status !== "cancelled" &&
      (direction === null || direction === "" ? transfer.direction !== "reseal" : transfer.direction === direction),
  );
}

export function summarize(transfers: readonly Transfer[]): TransferSummary {
  let [done, needing, active, paused, stalled, size, processed, confirmed, rate, ups, downs] = Array<number>(11).fill(0) as Eleven;
  for (const transfer of transfers) {
    size += transfer.size;
    processed += transfer.status === "done" ? transfer.size : transfer.processed;
    confirmed += transfer.status === "done" ? transfer.size : transfer.confirmed;
    if (transfer.direction === "download") downs += 1;
    else ups += 1;
    switch (transfer.status) {
      case "done":
        done += 1;
        break;
      case "failed":
      case "needs-file":
        needing += 1;
        break;
      case "running":
        active += 1;
        rate += transfer.rate;
        break;
      case "waiting":
        active += 1;
        break;
      case "paused":
        paused += 1;
        break;
      case "stalled":
        stalled += 1;
        break;
      case "picked":
      case "cancelled":
        break;
    }
  }
  return {
    all: transfers.length,
    done,
    needing,
    active,
    paused,
    stalled,
    size,
    processed,
    confirmed,
    rate,
    remaining: rate > 0 ? (size - confirmed) / rate : null,
    direction: downs === 0 ? "upload" : ups === 0 ? "download" : "both",
  };
}

type Eleven = [number, number, number, number, number, number, number, number, number, number, number];

const rank: Readonly<Record<Transfer["status"], number>> = {
  failed: 0,
  "needs-file": 0,
  running: 1,
  stalled: 2,
  paused: 2,
  waiting: 3,
  done: 4,
  picked: 5,
  cancelled: 5,
};

/** What needs the person first, then what moves, then what waits; done last. */
export function inOrder(transfers: readonly Transfer[]): readonly Transfer[] {
  return [...transfers].sort((a, b) => rank[a.status] - rank[b.status]);
}
