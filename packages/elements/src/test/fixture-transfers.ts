/** Transfers that a test poses by hand: nothing moves unless the test moves it. */
import type { PickedFile, StartedTransfer, Transfer, TransferTotals, Transfers, UploadOptions, Uploads } from "@keyfold/core";
import { fixtureId } from "./fixture-tree.ts";

export function fixtureTransfer(given: Partial<Transfer> = {}): Transfer {
  return {
    id: fixtureId(),
    direction: "upload",
    name: "Kitchen.jpg",
    type: "image/jpeg",
    path: [],
    node: null,
    status: "running",
    size: 5_200_000,
    processed: 4_000_000,
    confirmed: 2_900_000,
    rate: 3_100_000,
    remaining: 1,
    error: null,
    file: null,
    conflict: "none",
    ...given,
  };
}

const over = new Set<Transfer["status"]>(["done", "cancelled"]);

export function totalsOf(transfers: readonly Transfer[]): TransferTotals {
  const counted = transfers.filter((each) => each.status !== "picked" && each.status !== "cancelled");
  const sum = (of: (each: Transfer) => number): number => counted.reduce((total, each) => total + of(each), 0);
  const active = counted.some((each) => ["waiting", "running", "stalled"].includes(each.status));
  const rate = sum((each) => (each.status === "running" ? each.rate : 0));
  const left = sum((each) => each.size - each.confirmed);
  return {
    files: counted.length,
    done: counted.filter((each) => each.status === "done").length,
    failed: counted.filter((each) => each.status === "failed").length,
    size: sum((each) => each.size),
    processed: sum((each) => each.processed),
    confirmed: sum((each) => each.confirmed),
    rate,
    remaining: rate > 0 ? left / rate : null,
    active,
    paused: counted.some((each) => each.status === "paused") && !active,
  };
}

/** Records what was asked for in `calls`; pause, resume, retry, cancel, send and remove change statuses as the real queue does. */
export class FixtureUploads implements Uploads {
  value: readonly Transfer[] = [];
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[] = [];
  readonly #listeners = new Set<() => void>();

  get totals(): TransferTotals {
    return totalsOf(this.value);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Replaces the list. */
  pose(transfers: readonly Transfer[]): void {
    this.value = transfers;
    for (const listener of this.#listeners) listener();
  }

  /** Changes one transfer. */
  move(id: string, change: Partial<Transfer>): void {
    this.pose(this.value.map((each) => (each.id === id ? { ...each, ...change } : each)));
  }

  get(id: string): Transfer | undefined {
    return this.value.find((each) => each.id === id);
  }

  add(
    files: Iterable<File | PickedFile>,
    options: UploadOptions & { directories?: readonly (readonly string[])[] } = {},
  ): readonly string[] {
    const list = [...files];
    this.#record("add", list, options);
    const added = list.map((given) => {
      const picked: PickedFile = given instanceof File ? { file: given } : given;
      const file = picked.file instanceof File ? picked.file : null;
      return fixtureTransfer({
        name: picked.name ?? file?.name ?? "",
        type: picked.file.type,
        path: picked.path ?? [],
        node: typeof options.to === "object" ? options.to.node : null,
        status: options.pick === true ? "picked" : "waiting",
        size: picked.file.size,
        processed: 0,
        confirmed: 0,
        rate: 0,
        remaining: null,
        file,
        conflict: options.conflict ?? "none",
      });
    });
    this.pose([...this.value, ...added]);
    return added.map((each) => each.id);
  }

  send(ids?: readonly string[]): void {
    this.#record("send", ids);
    this.#turn(ids, ["picked"], "waiting");
  }

  remove(ids: readonly string[]): void {
    this.#record("remove", ids);
    this.pose(this.value.filter((each) => !(ids.includes(each.id) && each.status === "picked")));
  }

  setConflict(ids: readonly string[], conflict: "keep-both" | "replace"): void {
    this.#record("setConflict", ids, conflict);
    this.pose(this.value.map((each) => (ids.includes(each.id) ? { ...each, conflict } : each)));
  }

  give(files: Iterable<File | PickedFile>): readonly (File | PickedFile)[] {
    const list = [...files];
    this.#record("give", list);
    return list.filter((given) => {
      const { name, size } = given instanceof File ? given : { name: given.name, size: given.file.size };
      const waiting = this.value.find((each) => each.status === "needs-file" && each.name === name && each.size === size);
      if (waiting === undefined) return true;
      this.move(waiting.id, { status: "waiting" });
      return false;
    });
  }

  pause(ids?: readonly string[]): void {
    this.#record("pause", ids);
    this.#turn(ids, ["waiting", "running", "stalled"], "paused");
  }

  resume(ids?: readonly string[]): void {
    this.#record("resume", ids);
    this.#turn(ids, ["paused"], "waiting");
  }

  retry(ids?: readonly string[]): void {
    this.#record("retry", ids);
    this.#turn(ids, ["failed", "stalled"], "waiting");
  }

  cancel(ids?: readonly string[]): void {
    this.#record("cancel", ids);
    this.pose(this.value.map((each) => (chosen(each, ids) && !over.has(each.status) ? { ...each, status: "cancelled" } : each)));
  }

  clear(): void {
    this.#record("clear");
    this.pose(this.value.filter((each) => !over.has(each.status) && each.status !== "failed"));
  }

  #turn(ids: readonly string[] | undefined, from: readonly Transfer["status"][], to: Transfer["status"]): void {
    this.pose(this.value.map((each) => (chosen(each, ids) && from.includes(each.status) ? { ...each, status: to } : each)));
  }

  #record(name: string, ...args: readonly unknown[]): void {
    this.calls.push({ name, args });
  }
}

function chosen(transfer: Transfer, ids: readonly string[] | undefined): boolean {
  return ids === undefined || ids.includes(transfer.id);
}

/** What `upload` and `save` give. Its progress is that of everything that is posed. */
export function fixtureStarted<T>(uploads: FixtureUploads, finished: Promise<T>, ids: readonly string[] = []): StartedTransfer<T> {
  const progress = {
    get value() {
      return uploads.totals;
    },
    subscribe: (listener: () => void) => uploads.subscribe(listener),
    async *[Symbol.asyncIterator]() {
      yield uploads.totals;
    },
  };
  const nothing = (): void => undefined;
  return Object.assign(
    finished.then((value) => value),
    { ids, finished, progress, pause: nothing, resume: nothing, retry: nothing, cancel: nothing },
  );
}

/** A transfers view over another: what `folder.transfers` is to `folder.uploads`. */
export type FixtureTransfers = FixtureUploads & Transfers;
