/**
 * Pictures of the host's own: looked at when the server starts, so that a mistake shows there.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { KeyfoldError, type Bytes } from "@keyfold/core/protocol";
import type { OwnPicture } from "./options.ts";
import { isSvg, pictureType, type Picture } from "./picture.ts";

/** Bytes of one, at most: it lies in memory. */
const largestOwn = 4 * 1024 * 1024;

/** A picture that is here, or the address of one that is to be fetched. Throws `invalid-argument`. */
export function ownPicture(own: OwnPicture): Picture | { readonly url: string } {
  if (typeof own === "string" && /^https?:\/\//i.test(own)) return { url: own };
  const bytes: Bytes = typeof own === "string" ? fileOf(own) : own.slice();
  const type = pictureType(bytes) ?? (isSvg(bytes) ? "image/svg+xml" : undefined);
  if (type === undefined || bytes.length > largestOwn) {
    throw new KeyfoldError("invalid-argument", "A picture of the brand option is no PNG, JPEG, GIF, WebP, ICO or SVG of at most 4 MiB.");
  }
  return { type, bytes };
}

function fileOf(path: string): Bytes {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw new KeyfoldError("invalid-argument", "A picture of the brand option cannot be read.", { cause });
  }
}
