/**
 * The ops of the log (docs/format.md, section 4). Ids are lowercase hex of 16 bytes.
 *
 * @module
 */

import type { Descriptor } from "../seal/blob.ts";
import type { JsonObject } from "./json.ts";

/** A file's version: a descriptor, and what is known of the file. */
export interface VersionDescriptor extends Descriptor {
  /** Media type. */
  readonly type?: string;
  /** The file's own modification time, milliseconds since 1970; not before. */
  readonly modified?: number;
  readonly thumbnail?: Descriptor;
}

/** The drop and the item that a file came by. */
export interface Origin {
  readonly drop: string;
  readonly item: string;
}

/** An invitation to post. The log keeps it as it was made: what is missing stays missing. */
export interface DropTerms {
  /** base64url of 16 bytes. */
  readonly random?: string;
  /** Unix seconds. */
  readonly expires?: number;
  /** Directory that items are filed to; null is the root. */
  readonly to?: string | null;
}

export interface ShareTerms {
  readonly random?: string;
  readonly nodes?: readonly string[];
  readonly expires?: number;
}

export interface Mkdir {
  readonly op: "mkdir";
  readonly node: string;
  readonly parent: string | null;
  readonly name: string;
}
export interface Add {
  readonly op: "add";
  readonly node: string;
  readonly parent: string | null;
  readonly name: string;
  readonly version: VersionDescriptor;
  readonly from?: Origin;
}
export interface Replace {
  readonly op: "replace";
  readonly node: string;
  /** Blob of the version that was current. */
  readonly base: string;
  readonly version: VersionDescriptor;
}
export interface Revert {
  readonly op: "revert";
  readonly node: string;
  readonly blob: string;
}
export interface Rename {
  readonly op: "rename";
  readonly node: string;
  readonly name: string;
}
export interface Move {
  readonly op: "move";
  readonly node: string;
  readonly parent: string | null;
}
export interface Trash {
  readonly op: "trash";
  readonly node: string;
}
export interface Restore {
  readonly op: "restore";
  readonly node: string;
}
/** One of the two lists, not empty. */
export interface Purge {
  readonly op: "purge";
  readonly nodes?: readonly string[];
  readonly versions?: readonly string[];
}
export interface Meta {
  readonly op: "meta";
  readonly node: string;
  readonly meta: JsonObject;
}
export interface Reseal {
  readonly op: "reseal";
  readonly node: string;
  readonly from: string;
  readonly to: VersionDescriptor;
}
export interface Expose {
  readonly op: "expose";
  readonly versions: readonly string[];
}
export interface Drop extends DropTerms {
  readonly op: "drop";
  readonly drop: string;
}
export interface Undrop {
  readonly op: "undrop";
  readonly drop: string;
}
export interface Share extends ShareTerms {
  readonly op: "share";
  readonly share: string;
}
export interface Unshare {
  readonly op: "unshare";
  readonly share: string;
}
export interface Keep {
  readonly op: "keep";
  readonly epoch: number;
  /** base64url of 92 bytes; key/keep.ts opens it. */
  readonly keys: string;
}
export interface Forget {
  readonly op: "forget";
  readonly epoch: number;
}
export interface Snapshot {
  readonly op: "snapshot";
  readonly descriptor: Descriptor;
  /** Seq of the last record that is in it. */
  readonly covers: number;
  /** Hash of the state, base64url of 32 bytes. */
  readonly state: string;
}

export type Op =
  | Mkdir
  | Add
  | Replace
  | Revert
  | Rename
  | Move
  | Trash
  | Restore
  | Purge
  | Meta
  | Reseal
  | Expose
  | Drop
  | Undrop
  | Share
  | Unshare
  | Keep
  | Forget
  | Snapshot;

/** Bytes of `meta` in canonical JSON, at most. */
export const metaLimit = 4096;
/** UTF-8 bytes of a name, at most. */
export const nameLimit = 255;

/** The blobs of a version: its own, and its thumbnail's. */
export function blobsOf(version: VersionDescriptor): readonly string[] {
  return version.thumbnail === undefined ? [version.blob] : [version.blob, version.thumbnail.blob];
}
