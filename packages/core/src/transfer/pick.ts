/**
 * Files as people pick them, and what will become of their names.
 *
 * @module
 */
import { toHex } from "../crypto/encoding.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { PickedFile, Transfer } from "../interface/transfer.ts";
import { isName } from "../tree/read-op.ts";
import { type Places, route } from "./filing.ts";
import { mediaTypeOf } from "./media-type.ts";
import { type Conflict, type Destination, modifiedOf, type UploadRecord } from "./upload.ts";

/** A file as it was picked: name and the directories above it. */
export interface Picked {
  readonly file: Blob;
  readonly name: string;
  readonly path: readonly string[];
  readonly handle?: FileSystemFileHandle;
}

export function pickedFile(picked: File | PickedFile): Picked {
  if (picked instanceof File) return { file: picked, name: picked.name, path: directoriesOf(picked) };
  const { file, handle } = picked;
  return {
    file,
    name: picked.name ?? (file instanceof File ? file.name : "file"),
    path: picked.path ?? directoriesOf(file),
    ...(handle === undefined ? {} : { handle }),
  };
}

/** Directories of `<input webkitdirectory>`: "photos/2026/a.jpg". */
function directoriesOf(file: Blob): readonly string[] {
  const { webkitRelativePath = "" } = file as { webkitRelativePath?: string };
  return webkitRelativePath.split("/").slice(0, -1);
}

/** The record of an upload that begins. */
export function recordOf(provider: CryptoProvider, { file, name, path }: Picked, to: Destination, conflict: Conflict): UploadRecord {
  return {
    v: 1,
    id: toHex(provider.randomBytes(16)),
    node: toHex(provider.randomBytes(16)),
    name,
    type: mediaTypeOf(name, file.type),
    path,
    to,
    size: file.size,
    modified: modifiedOf(file),
    conflict,
  };
}

/** Whether every name on the way, and the file's own, is one that a folder takes. */
export function areNames(to: Destination, path: readonly string[], name?: string): boolean {
  return [...route(to, path).names, ...(name === undefined ? [] : [name])].every(isName);
}

/** What will happen with the name, as far as this moment tells. */
export function conflictOf({ to, path, name, conflict }: UploadRecord, places: Places): Transfer["conflict"] {
  const parent = places.existing(to, path);
  return parent !== undefined && places.file(parent, name) !== undefined ? conflict : "none";
}
