/**
 * What a page and its sending workers say to each other, and the errors that come of it.
 *
 * @module
 */
import type { AesKey, Bytes } from "../crypto/provider.ts";

/** A part of a file for a worker to read and seal. No content crosses: a Blob is a reference to it, and the key a handle. */
export interface PartToSeal {
  readonly content: Blob;
  readonly part: number;
  /** Bytes of the sealed part. */
  readonly length: number;
  /** As `seal/part-sealer.ts` takes it. */
  readonly sealing: {
    readonly key: AesKey;
    readonly size: number;
    readonly plainSize: number;
    readonly salt: Bytes;
    readonly prefix: Bytes;
  };
}

/** Each with the id of its exchange. */
export type ToSender =
  | { readonly id: number; readonly seal: PartToSeal }
  /** `body`: bytes, or the id under which a part was sealed. */
  | {
      readonly id: number;
      readonly url: string;
      readonly method: string;
      readonly headers: [string, string][];
      readonly body: ArrayBuffer | number;
    }
  /** To be given up if it is under way; what was sealed under this id is not held any longer. Answered at once. */
  | { readonly id: number; readonly end: true };

export type FromSender =
  /** `seals`: whether it can seal, too. */
  | { readonly ready: true; readonly seals: boolean }
  /** A message did not arrive whole: this browser cannot hand a key to a worker. */
  | { readonly misheard: true }
  | { readonly id: number; readonly hash: Bytes }
  | { readonly id: number; readonly unread: "failed" | "short" }
  | { readonly id: number; readonly status: number; readonly headers: [string, string][]; readonly body: ArrayBuffer }
  /** The part that was to be sent is not held there. */
  | { readonly id: number; readonly lost: true }
  | { readonly id: number; readonly failed: true };

/** Thrown where there is no worker, or not any more: the page does it by itself. */
export class NoWorker extends Error {}

/** Content could not be read. */
export class Unread extends Error {
  /** There were fewer bytes than there should be. */
  readonly short: boolean;

  constructor(short: boolean, options?: ErrorOptions) {
    super("Content was not read.", options);
    this.short = short;
  }
}
