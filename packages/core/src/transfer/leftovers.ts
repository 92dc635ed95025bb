/**
 * What re-encryption kept for the case that it is interrupted, and that nobody needs any more: a page that ends between an op's confirmation and
 * `settled()` leaves the draft of a version that is in the folder already.
 *
 * @module
 */
import { isKeyfoldError } from "../error.ts";
import type { BlobId } from "../interface/tree.ts";
import { draftsKept, forgetDraft } from "./draft.ts";
import type { TransferPort } from "./port.ts";
import { openKeptUpload, uploadKey, type StoredUpload } from "./upload-store.ts";

/** What the confirmed history tells of blobs. */
export interface KnownBlobs {
  /** Those that were added, and stand or are spent. */
  readonly added: ReadonlySet<BlobId>;
  /** Those that are still to be sealed anew. */
  readonly exposed: ReadonlySet<BlobId>;
}

/** A re-encryption that was begun. */
export interface Begun {
  readonly key: string;
  readonly from: BlobId;
  /** Null when it cannot be opened here any more. */
  readonly to: BlobId | null;
}

/**
 * Forgets what is settled: re-encryptions whose new blob is in the history or whose version needs none any more, and hashes of blobs in the history that
 * no re-encryption and no upload goes on with. Resolves with the number of re-encryptions that are left. Rejects with `local-storage`.
 */
export async function clearLeftovers(
  port: TransferPort,
  begun: readonly Begun[],
  look: (blobs: readonly BlobId[]) => KnownBlobs,
): Promise<number> {
  const drafts = await draftsKept(port);
  if (begun.length === 0 && drafts.length === 0) return 0;
  const { added, exposed } = look([...begun.flatMap(({ from, to }) => (to === null ? [from] : [from, to])), ...drafts]);
  const goingOn = begun.filter(({ from, to }) => to !== null && exposed.has(from) && !added.has(to));
  for (const one of begun) {
    if (goingOn.includes(one)) continue;
    await port.store.batch([[one.key, undefined], ...(one.to === null ? [] : await forgetDraft(port, one.to))]);
  }
  const settled = (await draftsKept(port)).filter((blob) => added.has(blob));
  if (settled.length > 0) {
    // An upload forgets its draft itself, with the file that it was: without the hashes it would ask for a file that is in the folder.
    const uploads = await draftsOfUploads(port);
    for (const blob of settled) if (!uploads.has(blob)) await port.store.batch(await forgetDraft(port, blob));
  }
  return goingOn.length;
}

async function draftsOfUploads(port: TransferPort): Promise<ReadonlySet<BlobId>> {
  const blobs = new Set<BlobId>();
  for (const key of await port.store.keys(uploadKey(port, ""))) {
    const stored = await port.store.get<StoredUpload>(key);
    try {
      const draft = stored === undefined ? undefined : (await openKeptUpload(port, stored)).draft;
      if (draft !== undefined) blobs.add(draft.blob);
    } catch (error) {
      // Sealed under a device key that is gone: nobody goes on with it.
      if (!isKeyfoldError(error)) throw error;
    }
  }
  return blobs;
}
