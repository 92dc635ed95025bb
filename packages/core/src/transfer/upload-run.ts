/**
 * How files are sent: a large one alone, part by part; small ones together.
 *
 * @module
 */
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError, type KeyfoldError } from "../error.ts";
import type { VersionDescriptor } from "../tree/op.ts";
import { Draft } from "./draft.ts";
import { asKeyfoldError, type Outage } from "./outage.ts";
import { type Parcel, sealWhole, sendParcels } from "./parcel.ts";
import { Permits } from "./permits.ts";
import type { TransferPort } from "./port.ts";
import { type Line, sendBlob } from "./send-blob.ts";
import { makeThumbnail } from "./thumbnail.ts";
import type { Upload } from "./upload.ts";
import { keptUpload } from "./upload-store.ts";

/** What a run came to, for one upload. `left`: paused, cancelled or closed meanwhile. */
export type Outcome =
  | { readonly state: "sent"; readonly version: VersionDescriptor }
  | { readonly state: "left" }
  | { readonly state: "needs-file" }
  | { readonly state: "failed"; readonly error: KeyfoldError };

export interface RunContext {
  readonly port: TransferPort;
  readonly line: Line;
  readonly outage: Outage;
  /** This page, as stored uploads name it. */
  readonly owner: string;
  /** Aborted when the folder is closed. */
  readonly closed: AbortSignal;
  /** Tells the server, now or later, that nothing more comes of a blob. */
  discard(blob: string): void;
}

/** A draft is begun anew so often for one upload; then something is wrong that beginning anew does not mend. */
const RESTARTS = 3;
/** Small files read and sealed at a time. */
const SMALL_AT_ONCE = 16;
const preparing = new Permits(SMALL_AT_ONCE);

/** Whether the error speaks against the draft, and not against the file or the folder: another draft may do. */
function isAboutDraft(error: unknown): boolean {
  if (isKeyfoldError(error, "file-changed")) return error.reason === "part";
  return isKeyfoldError(error, "gone") || isKeyfoldError(error, "conflict") || (isKeyfoldError(error, "not-found") && error.status === 404);
}

/** Blob and key are given up; the next draft has others. In one write, so that no crash leaves the old key without its hashes. */
async function giveUpDraft(context: RunContext, upload: Upload): Promise<void> {
  const { port, owner } = context;
  const { draft } = upload;
  upload.stale = false;
  if (draft === null) return;
  upload.draft = null;
  await port.store.batch([await keptUpload(port, owner, upload), ...draft.forgets()]);
  context.discard(draft.blob);
}

/** Where the draft may be mended or replaced, does it; otherwise throws what was thrown. */
async function recover(context: RunContext, upload: Upload, error: unknown): Promise<void> {
  if (!isAboutDraft(error) || ++upload.restarts > RESTARTS) throw error;
  if (isKeyfoldError(error, "not-found")) upload.draft?.lose();
  else await giveUpDraft(context, upload);
}

/** Sends a file of several parts. Never rejects. */
export async function runLarge(context: RunContext, upload: Upload): Promise<Outcome> {
  const { port, owner } = context;
  const stop = AbortSignal.any([upload.pauser.signal, upload.canceller.signal, context.closed]);
  try {
    const file = await upload.open();
    if (file === null) {
      const { draft } = upload;
      if (draft === null || !(await context.outage.through(() => draft.arrived(stop), stop))) return { state: "needs-file" };
      return { state: "sent", version: upload.version(await draft.describe()) };
    }
    if (upload.stale) await giveUpDraft(context, upload);
    const thumbnail = sendThumbnail(context, upload, file);
    for (;;) {
      upload.row.set({ processed: 0, confirmed: 0 });
      if (upload.draft === null) {
        upload.draft = await Draft.make(port, upload.record.size, port.padded);
        await port.store.batch([await keptUpload(port, owner, upload)]);
      }
      try {
        await sendBlob(upload.draft, {
          ...context,
          read: (range) => upload.read(range),
          lend: (range, use) => upload.lend(range, use),
          sealed: (bytes) => upload.row.process(bytes),
          confirmed: (bytes) => upload.row.confirm(bytes),
          pause: upload.pauser.signal,
          cancel: AbortSignal.any([upload.canceller.signal, context.closed]),
        });
        break;
      } catch (error) {
        if (stop.aborted) return { state: "left" };
        await recover(context, upload, error);
      }
    }
    await thumbnail;
    return { state: "sent", version: upload.version(await upload.draft.describe()) };
  } catch (error) {
    if (stop.aborted) return { state: "left" };
    return { state: "failed", error: asKeyfoldError(error) };
  }
}

/** Sends files of one part each. `settle` hears of each exactly once. Never rejects. */
export async function runSmall(
  context: RunContext,
  uploads: readonly Upload[],
  settle: (upload: Upload, outcome: Outcome) => void,
): Promise<void> {
  const { port, owner } = context;
  const pending = new Set(uploads);
  const settleOnce = (upload: Upload, outcome: Outcome): void => {
    if (pending.delete(upload)) settle(upload, outcome);
  };
  const fail = (upload: Upload, error: unknown): void => {
    settleOnce(upload, isStopped(upload, context) ? { state: "left" } : { state: "failed", error: asKeyfoldError(error) });
  };
  try {
    const prepared = await Promise.all(
      uploads.map((upload) => prepare(context, upload, settleOnce).catch((error: unknown) => fail(upload, error))),
    );
    const ready = prepared.filter((one) => one !== undefined);
    if (ready.length === 0) return;
    const kept = await Promise.all(ready.map(async ({ upload, draft }) => [await keptUpload(port, owner, upload), ...draft.writes()]));
    await port.store.batch(kept.flat());
    const sent = ready.map(({ upload, draft, file, thumbnail }) => {
      const done = Promise.withResolvers<boolean>();
      const parcel: Parcel = {
        ...file,
        wanted: () => {
          if (isStopped(upload, context)) done.resolve(false);
          return !isStopped(upload, context);
        },
        stored: () => {
          draft.confirm(0);
          upload.row.confirm(upload.record.size);
          done.resolve(true);
        },
        failed: done.reject,
      };
      return { upload, draft, parcels: [...(thumbnail === undefined ? [] : [thumbnail.parcel]), parcel], done: done.promise, thumbnail };
    });
    const settled = Promise.all(sent.map(({ upload, draft, done, thumbnail }) => settleSent(upload, draft, done, thumbnail?.done)));
    await sendParcels(
      context,
      sent.flatMap(({ parcels }) => parcels),
      context.closed,
    );
    await settled;
  } catch (error) {
    for (const upload of pending) fail(upload, error);
  }

  async function settleSent(upload: Upload, draft: Draft, done: Promise<boolean>, thumbnail: Promise<void> | undefined): Promise<void> {
    try {
      const stored = await done;
      await thumbnail;
      if (stored) settleOnce(upload, { state: "sent", version: upload.version(await draft.describe()) });
      else settleOnce(upload, { state: "left" });
    } catch (error) {
      try {
        await recover(context, upload, error);
        settleOnce(upload, { state: "left" });
      } catch {
        fail(upload, error);
      }
    }
  }
}

interface Prepared {
  readonly upload: Upload;
  readonly draft: Draft;
  readonly file: { readonly blob: string; readonly bytes: Bytes; readonly hash: Bytes };
  readonly thumbnail: ThumbnailParcel | undefined;
}

/** Reads and seals; undefined where that settled it already. */
async function prepare(
  context: RunContext,
  upload: Upload,
  settle: (upload: Upload, outcome: Outcome) => void,
): Promise<Prepared | undefined> {
  const { port, outage, closed } = context;
  const { size } = upload.record;
  const release = await preparing.take(closed);
  try {
    if (upload.stale) await giveUpDraft(context, upload);
    for (;;) {
      upload.row.set({ processed: 0, confirmed: 0 });
      const draft = (upload.draft ??= await Draft.make(port, size, port.padded));
      try {
        if (await outage.through(() => draft.arrived(closed), closed)) {
          upload.row.set({ processed: size, confirmed: size });
          settle(upload, { state: "sent", version: upload.version(await draft.describe()) });
          return undefined;
        }
        const file = await upload.open();
        if (file === null) {
          settle(upload, { state: "needs-file" });
          return undefined;
        }
        const content = await upload.read({ start: 0, end: size });
        const sealed = await draft.seal(0, content);
        upload.row.process(size);
        const thumbnail = await thumbnailOf(context, upload, file);
        return { upload, draft, file: { blob: draft.blob, ...sealed }, thumbnail };
      } catch (error) {
        if (isStopped(upload, context)) throw error;
        await recover(context, upload, error);
      }
    }
  } finally {
    release();
  }
}

function isStopped(upload: Upload, { closed }: RunContext): boolean {
  return upload.pauser.signal.aborted || upload.canceller.signal.aborted || closed.aborted;
}

interface ThumbnailParcel {
  readonly parcel: Parcel;
  /** Stored, or failed; never rejects. */
  readonly done: Promise<void>;
}

/** The thumbnail as a parcel. Once it is stored, the version names it; where anything fails, there is none. */
async function thumbnailOf({ port }: RunContext, upload: Upload, file: Blob): Promise<ThumbnailParcel | undefined> {
  if (upload.thumbnail !== undefined) return undefined;
  upload.thumbnail = null;
  const made = await makeThumbnail(file, upload.record.type);
  if (made === null) return undefined;
  const { descriptor, bytes, hash } = await sealWhole(port, new Uint8Array(await made.arrayBuffer()), port.padded);
  const done = Promise.withResolvers<void>();
  const stored = (): void => {
    upload.thumbnail = descriptor;
    done.resolve();
  };
  const parcel = { blob: descriptor.blob, bytes, hash, wanted: () => true, stored, failed: () => done.resolve() };
  return { parcel, done: done.promise };
}

async function sendThumbnail(context: RunContext, upload: Upload, file: Blob): Promise<void> {
  try {
    const thumbnail = await thumbnailOf(context, upload, file);
    if (thumbnail !== undefined) await sendParcels(context, [thumbnail.parcel], context.closed);
  } catch {
    // A file without its thumbnail is whole.
  }
}
