/**
 * Pictures, told by their bytes: a type that the bytes themselves show, or none.
 *
 * @module
 */

import type { Bytes } from "@keyfold/core/protocol";

export type PictureType = "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/x-icon" | "image/svg+xml";

export interface Picture {
  readonly type: PictureType;
  readonly bytes: Bytes;
}

/** Bytes of a picture, at most. */
export const largestPicture = 512 * 1024;

/** Pixels of a side, at most: more would unpack to hundreds of MiB in whoever shows it. */
const largestSide = 4096;

/** A type by the bytes; undefined for all others, for what is cut short, and for what would unpack to a monster. Never SVG. */
export function pictureType(bytes: Uint8Array): PictureType | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 16) return undefined;
  if (buffer.subarray(0, 8).equals(pngSignature)) return isPng(buffer) ? "image/png" : undefined;
  if (buffer.readUInt16BE(0) === 0xffd8) return buffer[2] === 0xff && buffer.lastIndexOf(endOfJpeg) > 2 ? "image/jpeg" : undefined;
  if (/^GIF8[79]a$/.test(buffer.toString("latin1", 0, 6))) {
    return isSide(buffer.readUInt16LE(6)) && isSide(buffer.readUInt16LE(8)) && buffer.at(-1) === 0x3b ? "image/gif" : undefined;
  }
  if (buffer.toString("latin1", 0, 4) === "RIFF" && buffer.toString("latin1", 8, 15) === "WEBPVP8") {
    return buffer.readUInt32LE(4) + 8 <= buffer.length ? "image/webp" : undefined;
  }
  return isIcon(buffer) ? "image/x-icon" : undefined;
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const endOfPng = Buffer.from("IEND", "latin1");
const endOfJpeg = Buffer.from([0xff, 0xd9]);

function isSide(pixels: number): boolean {
  return pixels > 0 && pixels <= largestSide;
}

/** IHDR first, IEND at the end (PNG, section 5). */
function isPng(buffer: Buffer): boolean {
  if (buffer.length < 45 || buffer.toString("latin1", 12, 16) !== "IHDR") return false;
  return isSide(buffer.readUInt32BE(16)) && isSide(buffer.readUInt32BE(20)) && buffer.lastIndexOf(endOfPng) > 24;
}

/** A directory of 1 to 32 pictures that all lie within the file. */
function isIcon(buffer: Buffer): boolean {
  const count = buffer.readUInt16LE(4);
  if (buffer.readUInt32BE(0) !== 0x00000100 || count < 1 || count > 32 || buffer.length < 6 + 16 * count) return false;
  return Array.from({ length: count }, (_, i) => 6 + 16 * i).every((at) => {
    const [length, start] = [buffer.readUInt32LE(at + 8), buffer.readUInt32LE(at + 12)];
    return length > 0 && start >= 6 + 16 * count && start + length <= buffer.length;
  });
}

/** Whether these bytes are an SVG document: for the host's own pictures alone. */
export function isSvg(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 4096)).toString("utf8");
  return /^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*)*<svg[\s>]/.test(head);
}
