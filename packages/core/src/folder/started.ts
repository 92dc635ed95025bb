/**
 * What `upload()` and `save()` give back: a promise of the outcome that can also be watched and steered. It steers the rows of the folder's list; nothing is kept here.
 *
 * @module
 */
import type { DownloadOptions } from "../interface/folder.ts";
import type { Readable } from "../interface/state.ts";
import type { PickedFile, StartedTransfer, Transfers, TransferTotals, Upload, UploadOptions } from "../interface/transfer.ts";
import type { NodeId, TreeView } from "../interface/tree.ts";
import type { Downloads } from "../transfer/downloads.ts";
import { totalsOf } from "../transfer/transfer-view.ts";
import type { UploadQueue } from "../transfer/uploads.ts";
import { valuesOf } from "./values.ts";

/** Adds files to the queue. What is wrong with the call itself rejects too. */
export function startedUpload(
  uploads: UploadQueue,
  view: () => TreeView,
  files: Iterable<File | PickedFile>,
  options: UploadOptions,
): Upload {
  let ids: readonly string[] = [];
  const run = async () => {
    ids = uploads.add(files, { ...options, pick: false });
    const nodes = await Promise.all(ids.map((id) => uploads.finished(id)));
    const tree = view();
    return nodes.flatMap((id) => tree.get(id) ?? []);
  };
  const finished = run();
  return new Started(uploads, () => ids, finished);
}

/** Hands nodes to the browser's downloads. */
export function startedSave(
  transfers: Transfers,
  downloads: Downloads,
  nodes: () => readonly NodeId[],
  options: DownloadOptions,
): StartedTransfer<void> {
  let ids: readonly string[] = [];
  const run = async (): Promise<void> => downloads.save(nodes(), options, (id) => (ids = [id]));
  const finished = run();
  return new Started(transfers, () => ids, finished);
}

export class Started<T> implements StartedTransfer<T> {
  readonly [Symbol.toStringTag] = "StartedTransfer";
  readonly finished: Promise<T>;
  readonly progress: Readable<TransferTotals> & AsyncIterable<TransferTotals>;
  readonly #transfers: Transfers;
  readonly #ids: () => readonly string[];

  constructor(transfers: Transfers, ids: () => readonly string[], finished: Promise<T>) {
    this.#transfers = transfers;
    this.#ids = ids;
    this.finished = finished;
    // The list tells of a failure too: nobody has to wait for this one.
    finished.catch(() => undefined);
    const readable: Readable<TransferTotals> = {
      get value() {
        const rows = ids().flatMap((id) => transfers.get(id) ?? []);
        return totalsOf(
          rows,
          rows.reduce((sum, { rate }) => sum + rate, 0),
        );
      },
      subscribe: (listener) => transfers.subscribe(listener),
    };
    this.progress = {
      get value() {
        return readable.value;
      },
      subscribe: (listener) => transfers.subscribe(listener),
      [Symbol.asyncIterator]: () => valuesOf(readable, { ended: finished }),
    };
  }

  get ids(): readonly string[] {
    return this.#ids();
  }

  pause(): void {
    this.#transfers.pause(this.#ids());
  }

  resume(): void {
    this.#transfers.resume(this.#ids());
  }

  retry(): void {
    this.#transfers.retry(this.#ids());
  }

  cancel(): void {
    this.#transfers.cancel(this.#ids());
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
  then<A = T, B = never>(
    done?: ((value: T) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    // oxlint-disable-next-line promise/no-callback-in-promise -- handed through
    return this.finished.then(done, failed);
  }

  catch<B = never>(failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.finished.catch(failed);
  }

  finally(after?: (() => void) | null): Promise<T> {
    return this.finished.finally(after);
  }
}
