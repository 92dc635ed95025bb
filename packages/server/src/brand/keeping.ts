/**
 * Pictures that were fetched, kept in the blob store beside the parts.
 *
 * A store lists nothing, and anybody may ask for domains where all are allowed: so there are a number of places, and what is kept for a picture lies at
 * the one that its name hashes to. What is kept for another one at the same place is replaced; the room that is taken has an end, and nothing has to
 * be collected. Keys begin with `brand:`, those of parts with the 32 digits of a folder.
 *
 *     u32 length of the JSON | JSON | bytes
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { BlobStore } from "../blobs/store.ts";
import type { Validators } from "./fetching.ts";
import { largestPicture, type Picture, type PictureType } from "./picture.ts";

export interface Kept {
  /** Provider that it came from; null: at that time none had one. */
  readonly source: string | null;
  readonly validators: Validators;
  /** Milliseconds since 1970. Until then nobody is asked again. */
  readonly freshUntil: number;
  /** Absent exactly where `source` is null. */
  readonly picture?: Picture;
}

/** Places: a power of two. */
export const leastPlaces = 4096;

const types: ReadonlySet<string> = new Set<PictureType>(["image/png", "image/jpeg", "image/gif", "image/webp", "image/x-icon"]);

function sha256(bytes: Uint8Array | string): Buffer {
  return createHash("sha256").update(bytes).digest();
}

export class Keeping {
  readonly #store: BlobStore;
  readonly #places: number;

  /** @param names How many pictures there may be, about; Infinity: any number. */
  constructor(store: BlobStore, names: number) {
    this.#store = store;
    this.#places = Number.isFinite(names) ? Math.max(leastPlaces, 2 ** Math.ceil(Math.log2(4 * names + 1))) : leastPlaces;
  }

  keyOf(name: string): string {
    const place = sha256(name).readUInt32BE(0) % this.#places;
    const digits = place.toString(16).padStart(8, "0");
    return `brand:${digits.slice(-2)}:${digits}:0`;
  }

  /** What is kept under this name; undefined also where it is damaged, or of another name. Throws what the store throws. */
  async get(name: string): Promise<Kept | undefined> {
    const bytes = await this.#store.get(this.keyOf(name));
    return bytes === null ? undefined : decode(name, bytes);
  }

  async put(name: string, kept: Kept): Promise<void> {
    await this.#store.put(this.keyOf(name), encode(name, kept));
  }
}

function encode(name: string, { picture, ...rest }: Kept): Uint8Array<ArrayBuffer> {
  const bytes = picture?.bytes ?? new Uint8Array();
  const head = Buffer.from(JSON.stringify({ name, ...rest, type: picture?.type ?? null, check: sha256(bytes).toString("base64url") }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return new Uint8Array(Buffer.concat([length, head, bytes]));
}

function decode(name: string, bytes: Uint8Array<ArrayBuffer>): Kept | undefined {
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const end = 4 + buffer.readUInt32BE(0);
    const head = JSON.parse(buffer.toString("utf8", 4, end)) as Partial<Omit<Kept, "picture">> & {
      name?: unknown;
      type?: unknown;
      check?: unknown;
    };
    const body = bytes.slice(end);
    if (head.name !== name || head.check !== sha256(body).toString("base64url") || body.length > largestPicture) return undefined;
    const { source, validators, freshUntil, type } = head;
    if (typeof freshUntil !== "number" || typeof validators !== "object" || source === undefined) return undefined;
    if (source === null) return { source, validators, freshUntil };
    if (typeof type !== "string" || !types.has(type)) return undefined;
    return { source, validators, freshUntil, picture: { type: type as PictureType, bytes: body } };
  } catch {
    return undefined;
  }
}
