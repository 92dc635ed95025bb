/**
 * Every transfer of a folder, in one list; uploads are a view of it. The list tells; who drives a transfer is behind `Drive`.
 *
 * Listeners are called at once for what people did and at most 20 times a second for progress.
 *
 * @module
 */
import type { KeyfoldError } from "../error.ts";
import type { Transfer, TransferStatus } from "../interface/transfer.ts";
import type { NodeId } from "../interface/tree.ts";
import type { Clock } from "./port.ts";
import { RateMeter } from "./rate.ts";

/** Milliseconds between two calls of the listeners. */
const PACE = 50;
/** Milliseconds after which a rate is told anew though nothing moved. */
const HEARTBEAT = 1000;

/** What a person may do to a transfer. Each is called only where `status` allows it. */
export interface Drive {
  pause(): void;
  resume(): void;
  retry(): void;
  cancel(): void;
  /** Taken out of the list. */
  forget(): void;
}

export interface RowOptions {
  readonly id: string;
  readonly direction: Transfer["direction"];
  readonly name: string;
  readonly type: string;
  readonly path?: readonly string[];
  readonly node?: NodeId | null;
  readonly size: number;
  readonly status: TransferStatus;
  readonly file?: File | null;
  readonly conflict?: Transfer["conflict"];
  readonly drive: Drive;
}

/** The members of a row that change otherwise than by progress. */
export type RowChange = Partial<
  Pick<Transfer, "status" | "error" | "node" | "type" | "size" | "file" | "conflict" | "processed" | "confirmed">
>;

const ACTIVE: ReadonlySet<TransferStatus> = new Set(["waiting", "running", "stalled"]);

/** One transfer, as its driver writes it. */
export class TransferRow {
  readonly drive: Drive;
  readonly #list: TransferList;
  readonly #meter: RateMeter;
  #now: Transfer;
  #moved = false;

  constructor(list: TransferList, clock: Clock, options: RowOptions) {
    this.#list = list;
    this.drive = options.drive;
    this.#meter = new RateMeter(clock);
    this.#now = {
      id: options.id,
      direction: options.direction,
      name: options.name,
      type: options.type,
      path: options.path ?? [],
      node: options.node ?? null,
      status: options.status,
      size: options.size,
      processed: 0,
      confirmed: 0,
      rate: 0,
      remaining: null,
      error: null,
      file: options.file ?? null,
      conflict: options.conflict ?? "none",
    };
  }

  get id(): string {
    return this.#now.id;
  }
  get status(): TransferStatus {
    return this.#now.status;
  }
  get direction(): Transfer["direction"] {
    return this.#now.direction;
  }
  get size(): number {
    return this.#now.size;
  }
  get confirmed(): number {
    return this.#now.confirmed;
  }
  /** Running, or about to by itself. */
  get active(): boolean {
    return ACTIVE.has(this.status);
  }

  /** Leaves the statuses as they were said: error goes unless one is given. */
  become(status: TransferStatus, error: KeyfoldError | null = null): void {
    if (status === this.status && error === this.#now.error) return;
    this.set({ status, error });
  }

  set(change: RowChange): void {
    if (change.status === "running" && this.status !== "running") this.#meter.restart();
    this.#now = { ...this.#now, ...change };
    this.#moved = true;
    this.#list.changed();
  }

  /** Bytes of content that were sealed, or received. */
  process(bytes: number): void {
    this.#now = { ...this.#now, processed: Math.min(this.size, this.#now.processed + bytes) };
    this.#moved = true;
    this.#list.moved();
  }

  /** Bytes of content that the server confirmed, or that were verified and handed on. */
  confirm(bytes: number): void {
    this.#now = { ...this.#now, confirmed: Math.min(this.size, this.#now.confirmed + bytes) };
    this.#meter.add(bytes);
    this.#list.meter(this.direction).add(bytes);
    this.#moved = true;
    this.#list.moved();
  }

  snapshot(): Transfer {
    const rate = this.status === "running" ? Math.round(this.#meter.rate) : 0;
    if (this.#moved || rate !== this.#now.rate) {
      this.#moved = false;
      this.#now = { ...this.#now, rate, remaining: secondsLeft(this.size - this.confirmed, rate) };
    }
    return this.#now;
  }
}

/** Seconds left; null when not known. */
export function secondsLeft(bytes: number, rate: number): number | null {
  return rate > 0 ? Math.ceil(bytes / rate) : null;
}

export class TransferList {
  readonly #clock: Clock;
  readonly #rows = new Map<string, TransferRow>();
  readonly #listeners = new Set<() => void>();
  readonly #meters: Readonly<Record<Transfer["direction"], RateMeter>>;
  /** Grows when the views must be made anew. */
  #version = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #telling = false;
  #stopHeart: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#meters = { upload: new RateMeter(clock), download: new RateMeter(clock), reseal: new RateMeter(clock) };
  }

  get version(): number {
    return this.#version;
  }

  add(options: RowOptions): TransferRow {
    const row = new TransferRow(this, this.#clock, options);
    this.#rows.set(row.id, row);
    this.changed();
    return row;
  }

  remove(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#rows.delete(id);
    row.drive.forget();
    this.changed();
  }

  row(id: string): TransferRow | undefined {
    return this.#rows.get(id);
  }

  rows(): Iterable<TransferRow> {
    return this.#rows.values();
  }

  meter(direction: Transfer["direction"]): RateMeter {
    return this.#meters[direction];
  }

  /** Something that is to be seen at once. */
  changed(): void {
    this.#version++;
    this.#tell();
  }

  /** Progress: seen with the next beat. */
  moved(): void {
    this.#tell();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops every timer. */
  close(): void {
    this.#stopHeart?.();
    this.#stopHeart = null;
    this.#listeners.clear();
  }

  #tell(): void {
    if (this.#telling || this.#listeners.size === 0) return;
    this.#telling = true;
    const wait = Math.max(0, this.#toldAt + PACE - this.#clock.now());
    if (wait === 0) queueMicrotask(() => this.#told());
    else this.#clock.after(wait, () => this.#told());
  }

  #told(): void {
    this.#telling = false;
    this.#toldAt = this.#clock.now();
    this.#version++;
    this.#beat();
    for (const listener of this.#listeners) listener();
  }

  /** A rate sinks while nothing moves: somebody has to say so. */
  #beat(): void {
    if (this.#stopHeart !== null) return;
    if (![...this.#rows.values()].some((row) => row.status === "running")) return;
    this.#stopHeart = this.#clock.after(HEARTBEAT, () => {
      this.#stopHeart = null;
      this.#tell();
    });
  }
}
