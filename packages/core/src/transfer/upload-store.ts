/**
 * What this device keeps of uploads that are not done, so that a reload costs no more than giving the files again.
 *
 * @module
 */
import { fromUtf8, toUtf8 } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError } from "../error.ts";
import { isJsonObject } from "../tree/json.ts";
import type { TransferPort } from "./port.ts";
import type { Upload, UploadRecord } from "./upload.ts";

/** As it lies in the store. Whose page it is stands outside the seal, and so does the handle, which only the browser can keep. */
export interface StoredUpload {
  readonly owner: string;
  readonly order: number;
  readonly sealed: Bytes;
  readonly handle?: FileSystemFileHandle;
}

export function uploadKey(port: TransferPort, id: string): string {
  return `folder/${port.folder}/upload/${id}`;
}

/** The write that keeps an upload, with its draft once it has one. */
export async function keptUpload(port: TransferPort, owner: string, upload: Upload): Promise<readonly [string, StoredUpload]> {
  const { draft, handle, order } = upload;
  const record: UploadRecord = { ...upload.record, ...(draft === null ? {} : { draft: draft.record }) };
  const sealed = await port.sealSecret(toUtf8(JSON.stringify(record)));
  return [uploadKey(port, upload.id), { owner, order, sealed, ...(handle === undefined ? {} : { handle }) }];
}

/** Throws `local-storage` when it cannot be opened here. */
export async function openKeptUpload(port: TransferPort, stored: StoredUpload): Promise<UploadRecord> {
  return JSON.parse(fromUtf8(await port.openSecret(stored.sealed))) as UploadRecord;
}

function isStored(value: unknown): value is StoredUpload {
  return isJsonObject(value) && typeof value["owner"] === "string" && typeof value["order"] === "number";
}

/** The web lock that says that a page is alive. */
export function lockName(owner: string): string {
  return `keyfold:uploads:${owner}`;
}

/** Uploads of pages that are dead, in the order in which they were queued. `held` gets the locks that keep other pages from taking them too. */
export async function orphanedUploads(
  port: TransferPort,
  self: string,
  held: Promise<(() => void) | null>[],
): Promise<readonly { readonly stored: StoredUpload; readonly record: UploadRecord }[]> {
  const owners = new Map<string, Promise<(() => void) | null>>();
  const found: { stored: StoredUpload; record: UploadRecord }[] = [];
  for (const key of await port.store.keys(uploadKey(port, ""))) {
    const stored = await port.store.get<unknown>(key);
    if (!isStored(stored) || stored.owner === self) continue;
    if (!owners.has(stored.owner)) owners.set(stored.owner, port.hold(lockName(stored.owner)));
    if ((await owners.get(stored.owner)) === null) continue;
    try {
      found.push({ stored, record: await openKeptUpload(port, stored) });
    } catch (error) {
      // Sealed under a device key that is gone: nobody can go on with it.
      if (!isKeyfoldError(error)) throw error;
      await port.store.delete(key);
    }
  }
  held.push(...owners.values());
  return found.toSorted((a, b) => a.stored.order - b.stored.order);
}
