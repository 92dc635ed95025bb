/**
 * The uploads of a folder: a queue that outlives the elements that show it, and, with the files given again, the page.
 *
 * @module
 */
import { toHex } from "../crypto/encoding.ts";
import { KeyfoldError } from "../error.ts";
import type { PickedFile, Transfer, UploadOptions, Uploads } from "../interface/transfer.ts";
import type { NodeId } from "../interface/tree.ts";
import type { VersionDescriptor } from "../tree/op.ts";
import { Discards } from "./discards.ts";
import { Draft } from "./draft.ts";
import { Filing, Places } from "./filing.ts";
import { asKeyfoldError, Outage, passes } from "./outage.ts";
import { areNames, conflictOf, type Picked, pickedFile, recordOf } from "./pick.ts";
import type { TransferPort } from "./port.ts";
import type { Line } from "./send-blob.ts";
import type { Drive, TransferList } from "./transfer-list.ts";
import { totalsOf, TransferView } from "./transfer-view.ts";
import { type Conflict, type Destination, Upload, type UploadRecord } from "./upload.ts";
import { keptUpload, lockName, orphanedUploads, type StoredUpload, uploadKey } from "./upload-store.ts";
import { UploadLanes } from "./upload-lanes.ts";
import { type Outcome, type RunContext, runLarge, runSmall } from "./upload-run.ts";

/** Uploads that are written to the store at once. */
const KEPT_AT_ONCE = 256;

/** Directories without files, picked with others. */
interface PickedDirectories {
  readonly ids: ReadonlySet<string>;
  readonly to: Destination;
  readonly paths: readonly (readonly string[])[];
}

export class UploadQueue extends TransferView implements Uploads {
  readonly #port: TransferPort;
  readonly #context: RunContext;
  readonly #outage: Outage;
  readonly #filing: Filing;
  readonly #discards: Discards;
  readonly #closing = new AbortController();
  readonly #uploads = new Map<string, Upload>();
  readonly #owner: string;
  readonly #lanes: UploadLanes;
  #order: number;
  #directories: PickedDirectories[] = [];
  /** Names of this page and of dead ones whose uploads it took over. */
  readonly #held: Promise<(() => void) | null>[] = [];
  readonly #unsubscribe: () => void;

  constructor(port: TransferPort, list: TransferList, line: Line) {
    super(list, ["upload"]);
    this.#port = port;
    this.#owner = toHex(port.provider.randomBytes(16));
    this.#held.push(port.hold(lockName(this.#owner)));
    this.#order = port.clock.now();
    this.#outage = new Outage(port.clock, () => this.#weather());
    this.#filing = new Filing(port);
    this.#discards = new Discards(port);
    this.#context = {
      port,
      line,
      outage: this.#outage,
      owner: this.#owner,
      closed: this.#closing.signal,
      discard: (blob) => this.#discards.add(blob),
    };
    this.#lanes = new UploadLanes({
      ready: () => !this.#closing.signal.aborted && port.writable(),
      isSmall: (upload) => upload.isSmall(port.padded),
      large: (upload) => runLarge(this.#started(upload), upload).then((outcome) => this.#settle(upload, outcome)),
      small: (bundle) => {
        for (const upload of bundle) this.#started(upload);
        return runSmall(this.#context, bundle, (upload, outcome) => this.#settle(upload, outcome));
      },
    });
    this.#unsubscribe = port.connection.subscribe(() => this.#connection());
  }

  // what people do

  add(
    files: Iterable<File | PickedFile>,
    options: UploadOptions & { directories?: readonly (readonly string[])[] } = {},
  ): readonly string[] {
    const { to = { node: null }, conflict = "keep-both", pick = false, directories = [], signal } = options;
    const places = new Places(this.#port);
    const added = Array.from(files, (picked) => this.#add(pickedFile(picked), to, conflict, places));
    const ids = added.map(({ id }) => id);
    if (directories.length > 0) this.#directories.push({ ids: new Set(ids), to, paths: directories });
    if (options.onProgress !== undefined) this.#report(ids, options.onProgress);
    signal?.addEventListener("abort", () => this.cancel(ids), { once: true });
    if (signal?.aborted === true) this.cancel(ids);
    else if (!pick) this.send(ids);
    return ids;
  }

  send(ids?: readonly string[]): void {
    const asked = ids === undefined ? undefined : new Set(ids);
    const ready = [...this.#uploads.values()].filter(({ id, row }) => row.status === "picked" && (asked?.has(id) ?? true));
    for (const { row } of ready) row.become("waiting");
    const [sent, kept] = partition(
      this.#directories,
      (batch) => asked === undefined || (ids ?? []).some((id) => batch.ids.has(id)) || batch.ids.size === 0,
    );
    this.#directories = kept;
    for (const { to, paths } of sent) {
      for (const path of paths.filter((path) => areNames(to, path)))
        void this.#filing.file({ node: "", to, path, content: null }).catch(() => undefined);
    }
    void this.#keepAndQueue(ready);
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) if (this.#uploads.get(id)?.row.status === "picked") this.list.remove(id);
  }

  setConflict(ids: readonly string[], conflict: "keep-both" | "replace"): void {
    const places = new Places(this.#port);
    for (const id of ids) {
      const upload = this.#uploads.get(id);
      if (upload === undefined || upload.row.status !== "picked") continue;
      upload.record = { ...upload.record, conflict };
      upload.row.set({ conflict: conflictOf(upload.record, places) });
    }
  }

  give(files: Iterable<File | PickedFile>): readonly (File | PickedFile)[] {
    const waiting = new Set(
      [...this.#uploads.values()].filter(({ file, row }) => awaitsOther(row) || (file === null && isUnfinished(row))),
    );
    return [...files].filter((given) => {
      const { file, name } = pickedFile(given);
      const upload = [...waiting].find((one) => (awaitsOther(one.row) ? one.record.name === name : one.matches(name, file)));
      if (upload === undefined) return true;
      waiting.delete(upload);
      this.#take(upload, file);
      return false;
    });
  }

  // what the folder does

  /** Resolves with the file's node once it is in the folder. Rejects with what stopped it: `cancelled`, or the error of its first failure. */
  finished(id: string): Promise<NodeId> {
    const upload = this.#uploads.get(id);
    return upload === undefined ? Promise.reject(new KeyfoldError("not-found", "No such upload.")) : upload.finished.promise;
  }

  /** Takes up what earlier pages on this device left unfinished. Rejects with `local-storage`. */
  async restore(): Promise<void> {
    void this.#discards.flush();
    const orphans = await orphanedUploads(this.#port, this.#owner, this.#held);
    await Promise.all(orphans.map(({ stored, record }) => this.#restoreOne(stored, record)));
  }

  /** Tries again now, and looks whether anything can be sent: after signing in, when there is room again. */
  wake(): void {
    this.#outage.wake();
    void this.#discards.flush();
    this.#lanes.pump();
  }

  /** Ends every request and timer; what is unfinished is kept. */
  async close(): Promise<void> {
    this.#closing.abort(new KeyfoldError("cancelled", "The folder was closed."));
    this.#unsubscribe();
    this.#outage.close();
    await this.#lanes.idle();
    for (const { finished } of this.#uploads.values()) finished.reject(new KeyfoldError("cancelled", "The folder was closed."));
    for (const held of this.#held) (await held)?.();
  }

  // one upload

  #add(picked: Picked, to: Destination, conflict: Conflict, places: Places): Upload {
    const record = recordOf(this.#port.provider, picked, to, conflict);
    const upload = this.#list(new Upload(record, this.#order++, picked.file, picked.handle), "picked", conflictOf(record, places));
    if (!areNames(to, record.path, record.name)) this.#fail(upload, new KeyfoldError("invalid-name", "A name has 1 to 255 bytes."));
    return upload;
  }

  #list(upload: Upload, status: Transfer["status"], conflict: Transfer["conflict"]): Upload {
    const { id, name, type, path, to, size } = upload.record;
    const drive: Drive = {
      pause: () => this.#pause(upload),
      resume: () => this.#resume(upload),
      retry: () => this.#retry(upload),
      cancel: () => this.#cancel(upload),
      forget: () => this.#forget(upload),
    };
    const file = upload.file instanceof File ? upload.file : null;
    const node = typeof to === "string" ? null : to.node;
    this.#uploads.set(id, upload);
    upload.row = this.list.add({ id, direction: "upload", name, type, path, node, size, status, file, conflict, drive });
    return upload;
  }

  async #restoreOne(stored: StoredUpload, { draft, ...record }: UploadRecord): Promise<void> {
    const upload = this.#list(
      new Upload(record, stored.order, null, stored.handle),
      "needs-file",
      conflictOf(record, new Places(this.#port)),
    );
    try {
      if (draft !== undefined) upload.draft = await Draft.resume(this.#port, draft);
      // All of it may have arrived: then the file itself is not needed any more. Where the server cannot be asked now, it is asked when it can.
      const arrived = await upload.draft?.arrived(this.#closing.signal).catch((error: unknown) => passes(error));
      if (arrived === true || (await upload.open()) !== null) this.#begin(upload);
    } catch (error) {
      this.#fail(upload, asKeyfoldError(error));
    }
  }

  #pause(upload: Upload): void {
    upload.pauser.abort(new KeyfoldError("cancelled", "Paused."));
    upload.row.become("paused");
  }

  #resume(upload: Upload): void {
    if (upload.row.status === "stalled") this.#outage.wake();
    else if (upload.row.status === "paused") this.#begin(upload);
    else void this.#ask(upload);
  }

  /** Within the click that resumed it, the browser may ask whether the page may read the file again. */
  async #ask(upload: Upload): Promise<void> {
    try {
      if ((await upload.open(true)) !== null) this.#begin(upload);
    } catch (error) {
      this.#fail(upload, asKeyfoldError(error));
    }
  }

  #retry(upload: Upload): void {
    upload.restarts = 0;
    this.#outage.wake();
    if (upload.row.status === "failed") this.#begin(upload);
  }

  #take(upload: Upload, file: Blob): void {
    upload.take(file);
    upload.row.set({ file: file instanceof File ? file : null, size: file.size });
    this.#begin(upload);
  }

  #cancel(upload: Upload): void {
    upload.canceller.abort(new KeyfoldError("cancelled", "Cancelled."));
    upload.row.become("cancelled");
    upload.finished.reject(new KeyfoldError("cancelled", "Cancelled."));
    if (!upload.busy) void this.#giveUp(upload);
  }

  #forget(upload: Upload): void {
    this.#uploads.delete(upload.id);
    if (upload.row.status !== "done") this.#cancel(upload);
  }

  #fail(upload: Upload, error: KeyfoldError): void {
    upload.row.become("failed", error);
    upload.finished.reject(error);
  }

  /** Nothing of a cancelled upload stays, here or there. */
  async #giveUp(upload: Upload): Promise<void> {
    const { draft } = upload;
    upload.draft = null;
    upload.drop();
    upload.row.set({ file: null });
    if (draft !== null) this.#discards.add(draft.blob);
    await this.#port.store.batch([[uploadKey(this.#port, upload.id), undefined], ...(draft?.forgets() ?? [])]).catch(() => undefined);
  }

  // the queue

  async #keepAndQueue(uploads: readonly Upload[]): Promise<void> {
    for (let at = 0; at < uploads.length; at += KEPT_AT_ONCE) {
      const some = uploads.slice(at, at + KEPT_AT_ONCE);
      try {
        await this.#port.store.batch(await Promise.all(some.map((upload) => keptUpload(this.#port, this.#owner, upload))));
        for (const upload of some) this.#queue(upload);
      } catch (error) {
        for (const upload of some) this.#fail(upload, asKeyfoldError(error));
      }
    }
  }

  /** Goes on, or begins anew. */
  #begin(upload: Upload): void {
    if (upload.pauser.signal.aborted) upload.pauser = new AbortController();
    upload.row.become("waiting");
    this.#queue(upload);
  }

  #queue(upload: Upload): void {
    // Paused before it was kept: comes here by resuming. Held by a run: comes here when that lets go of it.
    if (upload.row.status === "waiting" && !upload.busy) this.#lanes.push(upload);
    else if (upload.row.status === "cancelled") void this.#giveUp(upload);
  }

  #started(upload: Upload): RunContext {
    const { error } = this.#outage;
    if (error === null) upload.row.become("running");
    else upload.row.become("stalled", error);
    return this.#context;
  }

  #settle(upload: Upload, outcome: Outcome): void {
    if (outcome.state === "sent" && upload.row.status !== "cancelled") {
      void this.#file(upload, outcome.version);
      return;
    }
    upload.busy = false;
    const { status } = upload.row;
    if (status === "cancelled") void this.#giveUp(upload);
    else if (this.#closing.signal.aborted) upload.row.become("paused");
    else if (outcome.state === "failed") this.#fail(upload, outcome.error);
    else if (outcome.state === "needs-file" && upload.file === null) upload.row.become("needs-file");
    // Resumed while its last request was still under way, or begun anew.
    else if (status !== "paused") this.#begin(upload);
  }

  async #file(upload: Upload, version: VersionDescriptor): Promise<void> {
    const { node, to, path, name, conflict, size } = upload.record;
    upload.row.set({ processed: size, confirmed: size });
    try {
      const filed = await this.#filing.file({ node, to, path, content: { name, version, conflict } });
      upload.busy = false;
      const forgets = upload.draft?.forgets() ?? [];
      upload.draft = null;
      upload.drop();
      upload.row.set({ status: "done", error: null, file: null });
      upload.finished.resolve(filed);
      await this.#port.store.batch([[uploadKey(this.#port, upload.id), undefined], ...forgets]).catch(() => undefined);
    } catch (error) {
      upload.busy = false;
      if (upload.row.status === "cancelled") void this.#giveUp(upload);
      else if (!this.#closing.signal.aborted) this.#fail(upload, asKeyfoldError(error));
    }
  }

  /** The outage began, changed or ended: told by every upload that is under way. */
  #weather(): void {
    const { error } = this.#outage;
    for (const { row, busy } of this.#uploads.values()) {
      if (!busy || (row.status !== "running" && row.status !== "stalled")) continue;
      if (error === null) row.become("running");
      else row.become("stalled", error);
    }
  }

  #connection(): void {
    const { value } = this.#port.connection;
    if (value === "online" && this.#outage.error?.code === "offline") this.#outage.end();
    if (value === "online") this.wake();
    else if (value === "offline" && [...this.#uploads.values()].some(({ busy }) => busy)) {
      this.#outage.begin(new KeyfoldError("offline", "The server was not reached."));
    }
  }

  #report(ids: readonly string[], listener: NonNullable<UploadOptions["onProgress"]>): void {
    const stop = this.list.subscribe(() => {
      const rows = ids.map((id) => this.get(id)).filter((transfer) => transfer !== undefined);
      const totals = totalsOf(rows, this.list.meter("upload").rate);
      if (rows.every(({ status }) => status === "done" || status === "failed" || status === "cancelled")) stop();
      listener(totals);
    });
  }
}

function isUnfinished({ status }: { readonly status: Transfer["status"] }): boolean {
  return status !== "done" && status !== "cancelled";
}

/** Failed because the file is not what it was: another edition of it may be given. */
function awaitsOther(row: { readonly status: Transfer["status"]; snapshot(): Transfer }): boolean {
  if (row.status !== "failed") return false;
  const code = row.snapshot().error?.code;
  return code === "file-changed" || code === "file-unreadable" || code === "file-needed";
}

function partition<T>(items: readonly T[], fits: (item: T) => boolean): [T[], T[]] {
  return [items.filter(fits), items.filter((item) => !fits(item))];
}
