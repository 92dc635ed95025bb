/**
 * What apps see of a list of transfers: an immutable value, sums, and what a person may do.
 *
 * @module
 */
import type { Transfer, Transfers, TransferStatus, TransferTotals } from "../interface/transfer.ts";
import { type Drive, secondsLeft, type TransferList, type TransferRow } from "./transfer-list.ts";

const FINISHED: ReadonlySet<TransferStatus> = new Set(["done", "failed", "cancelled"]);

/** A list's rows that fit, with what a person may do to them. */
export class TransferView implements Transfers {
  protected readonly list: TransferList;
  readonly #directions: readonly Transfer["direction"][];
  #made = -1;
  #value: readonly Transfer[] = [];
  #totals: TransferTotals | null = null;

  constructor(list: TransferList, directions: readonly Transfer["direction"][] = ["upload", "download", "reseal"]) {
    this.list = list;
    this.#directions = directions;
  }

  get value(): readonly Transfer[] {
    if (this.#made !== this.list.version) {
      this.#made = this.list.version;
      this.#value = Object.freeze(this.#rows().map((row) => row.snapshot()));
      this.#totals = null;
    }
    return this.#value;
  }

  get totals(): TransferTotals {
    const value = this.value;
    const rate = this.#directions.reduce((sum, direction) => sum + this.list.meter(direction).rate, 0);
    return (this.#totals ??= totalsOf(value, rate));
  }

  get(id: string): Transfer | undefined {
    const row = this.list.row(id);
    return row !== undefined && this.#directions.includes(row.direction) ? row.snapshot() : undefined;
  }

  subscribe(listener: () => void): () => void {
    return this.list.subscribe(listener);
  }

  pause(ids?: readonly string[]): void {
    this.#each(
      ids,
      (row) => row.active,
      (drive) => drive.pause(),
    );
  }

  resume(ids?: readonly string[]): void {
    this.#each(
      ids,
      (row) => row.status === "paused" || row.status === "stalled" || row.status === "needs-file",
      (drive) => drive.resume(),
    );
  }

  retry(ids?: readonly string[]): void {
    this.#each(
      ids,
      (row) => row.status === "failed" || row.status === "stalled",
      (drive) => drive.retry(),
    );
  }

  cancel(ids?: readonly string[]): void {
    this.#each(
      ids,
      (row) => row.status !== "done" && row.status !== "cancelled",
      (drive) => drive.cancel(),
    );
  }

  clear(): void {
    for (const row of this.#rows()) if (FINISHED.has(row.status)) this.list.remove(row.id);
  }

  #rows(): TransferRow[] {
    return [...this.list.rows()].filter((row) => this.#directions.includes(row.direction));
  }

  #each(ids: readonly string[] | undefined, fits: (row: TransferRow) => boolean, act: (drive: Drive) => void): void {
    const asked = ids === undefined ? undefined : new Set(ids);
    for (const row of this.#rows()) if ((asked === undefined || asked.has(row.id)) && fits(row)) act(row.drive);
  }
}

/** Sums over transfers; what is only picked, and what was cancelled, does not count. */
export function totalsOf(transfers: readonly Transfer[], rate: number): TransferTotals {
  const counted = transfers.filter(({ status }) => status !== "picked" && status !== "cancelled");
  const sum = (of: (transfer: Transfer) => number): number => counted.reduce((total, transfer) => total + of(transfer), 0);
  const count = (...statuses: TransferStatus[]): number => counted.filter(({ status }) => statuses.includes(status)).length;
  const size = sum((transfer) => transfer.size);
  const confirmed = sum((transfer) => transfer.confirmed);
  const running = count("running") > 0;
  const active = count("running", "waiting", "stalled") > 0;
  return {
    files: counted.length,
    done: count("done"),
    failed: count("failed"),
    size,
    processed: sum((transfer) => transfer.processed),
    confirmed,
    rate: running ? Math.round(rate) : 0,
    remaining: running ? secondsLeft(size - confirmed, rate) : null,
    active,
    paused: !active && count("paused") > 0,
  };
}
