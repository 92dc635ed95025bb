/**
 * What comes out of a folder: streams, Blobs, zips, thumbnails, and files saved by the browser (which are listed).
 *
 * @module
 */
import { cancelled } from "../api/backoff.ts";
import { toHex } from "../crypto/encoding.ts";
import { letGo } from "../crypto/let-go.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { DownloadOptions } from "../interface/folder.ts";
import type { SealedExport } from "../interface/transfer.ts";
import type { BlobId, NodeId, TreeNode } from "../interface/tree.ts";
import { exportName } from "../tree/export-name.ts";
import type { VersionDescriptor } from "../tree/op.ts";
import { type ContentOptions, contentStream, type Source } from "./content.ts";
import { asKeyfoldError } from "./outage.ts";
import { type Patience, someAttempts } from "./patience.ts";
import type { ReadingPort } from "./port.ts";
import { openBrowserSink, type OpenSink } from "./save.ts";
import { isPicture, OWN_THUMBNAIL } from "./thumbnail.ts";
import type { TransferList, TransferRow } from "./transfer-list.ts";
import { sealedExport } from "./tink.ts";
import { zipEntries, zipSize, zipStream } from "./zip.ts";

/** Of several, unless the person names it otherwise in the browser. */
const ZIP_NAME = "files.zip";

export class Downloads {
  readonly #port: ReadingPort;
  readonly #list: TransferList;
  readonly #openSink: OpenSink;
  readonly #closing = new AbortController();

  constructor(port: ReadingPort, list: TransferList, openSink: OpenSink = openBrowserSink) {
    this.#port = port;
    this.#list = list;
    this.#openSink = openSink;
  }

  /** A file's verified content. Throws `not-found`, `key-needed`; the stream errors with `tampered`, `offline`, `cancelled` … */
  stream(node: NodeId, options: DownloadOptions & { start?: number; end?: number } = {}): ReadableStream<Uint8Array> {
    const version = this.#version(node, options.version);
    const { start = 0, end = version.size } = options;
    const size = Math.max(0, Math.min(end, version.size) - start);
    return this.#content(node, version, { start, end, signal: options.signal, progress: counted(size, options.onProgress) });
  }

  async download(node: NodeId, options: DownloadOptions = {}): Promise<Blob> {
    const version = this.#version(node, options.version);
    return collect(this.stream(node, options), version.type ?? "");
  }

  /** The thumbnail; a small picture is its own. Null where there is none. */
  async thumbnail(node: NodeId, signal?: AbortSignal): Promise<Blob | null> {
    const version = this.#version(node);
    const { thumbnail, type = "", size } = version;
    if (thumbnail === undefined) return isPicture(type) && size <= OWN_THUMBNAIL ? this.download(node, { signal }) : null;
    const renewed = this.#renewal(node, version);
    const renew = async (): Promise<VersionDescriptor["thumbnail"]> => (await renewed())?.thumbnail;
    const stop = signal === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, signal]);
    const stream = contentStream(this.#port, { descriptor: thumbnail, renew }, { signal: stop });
    return collect(stream, "image/webp");
  }

  /** A zip of directories and files. `onProgress` counts content. */
  zip(nodes: readonly NodeId[], options: DownloadOptions = {}): ReadableStream<Uint8Array> {
    return this.#zip(nodes, options.signal, options.onProgress).stream;
  }

  /** For Tink (tink.ts). Throws `not-found`, `invalid-argument` for a directory. */
  exportSealed(node: NodeId, blob?: BlobId): SealedExport {
    return sealedExport(this.#port, this.#version(node, blob), this.#closing.signal);
  }

  /**
   * Resolves when the browser has all of it. Rejects with `cancelled`, or with what the stream errors with. `listed` hears the id of its row: at once, and
   * of the next one when a person tries it again.
   */
  async save(nodes: readonly NodeId[], options: DownloadOptions = {}, listed: (id: string) => void = () => undefined): Promise<void> {
    const found = nodes.map((id) => this.#node(id));
    const [only] = found;
    const single = found.length === 1 && only?.kind === "file" ? only : undefined;
    const version = single === undefined ? undefined : this.#version(single.id, options.version);
    const saving = new Saving(this.#list, {
      id: toHex(this.#port.provider.randomBytes(16)),
      name: single?.name ?? (found.length === 1 && only !== undefined ? `${only.name}.zip` : ZIP_NAME),
      type: single === undefined ? "application/zip" : (version?.type ?? ""),
      node: found.length === 1 && only !== undefined ? only.id : null,
      size: version?.size ?? found.reduce((sum, { id }) => sum + this.#port.tree().size(id), 0),
      again: () => void this.save(nodes, options, listed).catch(() => undefined),
    });
    listed(saving.row.id);
    const stop = AbortSignal.any([this.#closing.signal, saving.cancel.signal, ...(options.signal === undefined ? [] : [options.signal])]);
    const progress = counted(saving.row.size, options.onProgress, (bytes) => saving.received(bytes));
    const patience: Patience = { attempts: Number.POSITIVE_INFINITY, stalled: (error) => saving.stalled(error) };
    try {
      const { stream, size } =
        single === undefined || version === undefined
          ? this.#zip(nodes, stop, undefined, patience, progress)
          : { stream: this.#content(single.id, version, { signal: stop, progress, patience }), size: version.size };
      const sink = await this.#openSink(this.#port.server, { name: exportName(saving.row.snapshot().name), size });
      await saving.pour(stream, sink, stop);
      saving.row.become("done");
    } catch (error) {
      const fault = stop.aborted ? cancelled(stop) : asKeyfoldError(error);
      if (isKeyfoldError(fault, "cancelled")) saving.row.become("cancelled");
      else saving.row.become("failed", fault);
      throw fault;
    }
  }

  /** Ends every download that is under way. */
  close(): void {
    this.#closing.abort(new KeyfoldError("cancelled", "The folder was closed."));
  }

  #zip(
    nodes: readonly NodeId[],
    signal: AbortSignal | undefined,
    onProgress?: DownloadOptions["onProgress"],
    patience: Patience = someAttempts,
    told?: (bytes: number) => void,
  ): { stream: ReadableStream<Uint8Array>; size: number } {
    const port = this.#port;
    const entries = zipEntries(
      port,
      nodes.map((id) => this.#node(id)),
    );
    const size = entries.reduce((sum, { file }) => sum + (file?.current?.size ?? 0), 0);
    const progress = told ?? counted(size, onProgress);
    const ended = new AbortController();
    const stop = AbortSignal.any([this.#closing.signal, ended.signal, ...(signal === undefined ? [] : [signal])]);
    const stream = zipStream(port, entries, {
      stream: (node) => this.#content(node.id, this.#version(node.id, node.current?.blob), { signal: stop, progress, patience }),
      descriptor: (node) => port.version(node),
      progress,
      patience,
      signal: stop,
      stop: (reason) => ended.abort(new KeyfoldError("cancelled", "Cancelled.", { cause: reason })),
    });
    return { stream, size: zipSize(entries) };
  }

  #content(node: NodeId, version: VersionDescriptor, options: ContentOptions): ReadableStream<Uint8Array> {
    const source: Source = { descriptor: version, renew: this.#renewal(node, version) };
    const signals = [this.#closing.signal, ...(options.signal === undefined ? [] : [options.signal])];
    return contentStream(this.#port, source, { ...options, signal: AbortSignal.any(signals) });
  }

  #node(id: NodeId): TreeNode {
    const node = this.#port.tree().get(id);
    if (node === undefined) throw new KeyfoldError("not-found", "No such file or directory in this folder.");
    return node;
  }

  #version(id: NodeId, blob?: BlobId): VersionDescriptor {
    const node = this.#node(id);
    if (node.kind === "directory") throw new KeyfoldError("invalid-argument", "A directory has no content of its own: make a zip of it.");
    const version = this.#port.version(id, blob);
    if (version === undefined) throw new KeyfoldError("not-found", "No such version of the file.");
    return version;
  }

  /**
   * Finds the version that stands where this one stood: re-encryption swaps blobs and leaves the order of versions. What was another version
   * of the file before is none.
   */
  #renewal(id: NodeId, version: VersionDescriptor): () => Promise<VersionDescriptor | undefined> {
    const before = this.#port.tree().get(id)?.versions ?? [];
    const place = before.findIndex(({ blob }) => blob === version.blob);
    const known = new Set(before.map(({ blob }) => blob));
    return async () => {
      await this.#port.refresh();
      const now = this.#port.tree().get(id)?.versions[place];
      if (now === undefined || known.has(now.blob) || now.modified !== (version.modified ?? null)) return undefined;
      known.add(now.blob);
      return this.#port.version(id, now.blob);
    };
  }
}

interface SavingOptions {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly node: NodeId | null;
  readonly size: number;
  readonly again: () => void;
}

/** One row of the list, and what a person may do to it. */
class Saving {
  readonly row: TransferRow;
  readonly cancel = new AbortController();
  #resume: PromiseWithResolvers<void> | null = null;

  constructor(list: TransferList, { again, ...options }: SavingOptions) {
    const drive = {
      pause: () => {
        this.#resume ??= Promise.withResolvers();
        this.row.become("paused");
      },
      resume: () => {
        this.row.become("running");
        this.#resume?.resolve();
        this.#resume = null;
      },
      retry: () => {
        if (this.row.status !== "failed") return;
        list.remove(options.id);
        again();
      },
      cancel: () => {
        this.cancel.abort(new KeyfoldError("cancelled", "Cancelled."));
        this.row.become("cancelled");
        this.#resume?.resolve();
      },
      forget: () => undefined,
    };
    this.row = list.add({ ...options, direction: "download", status: "running", drive });
  }

  received(bytes: number): void {
    this.row.process(bytes);
    this.row.confirm(bytes);
  }

  stalled(error: KeyfoldError | null): void {
    if (this.row.status === "running" && error !== null) this.row.become("stalled", error);
    else if (this.row.status === "stalled" && error === null) this.row.become("running");
  }

  async pour(stream: ReadableStream<Uint8Array>, sink: Awaited<ReturnType<OpenSink>>, stop: AbortSignal): Promise<void> {
    const reader = stream.getReader();
    try {
      for (;;) {
        await this.#resume?.promise;
        if (stop.aborted) throw cancelled(stop);
        if (sink.cancelled.aborted) throw cancelled(sink.cancelled);
        const { done, value } = await reader.read();
        if (done) break;
        await sink.write(value);
      }
      await sink.close();
      if (sink.cancelled.aborted) throw cancelled(sink.cancelled);
    } catch (error) {
      sink.abort();
      await reader.cancel(error).catch(() => undefined);
      throw error;
    }
  }
}

/** Adds up what is handed on, for who wants sums. */
function counted(size: number, onProgress: DownloadOptions["onProgress"], each?: (bytes: number) => void): (bytes: number) => void {
  let received = 0;
  return (bytes) => {
    received += bytes;
    each?.(bytes);
    onProgress?.(received, size);
  };
}

/** All of it, as one Blob: browsers keep large ones on disk. */
async function collect(stream: ReadableStream<Uint8Array>, type: string): Promise<Blob> {
  const reader = stream.getReader();
  const parts: Blob[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts, { type });
    const piece = value as Bytes;
    parts.push(new Blob([piece]));
    letGo(piece);
  }
}
