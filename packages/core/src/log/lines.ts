/**
 * Lines out of a stream of bytes, many at a time and never more in memory than the longest line asks for.
 *
 * @module
 */

import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";

const lineFeed = 0x0a;
/**
 * Bytes gathered before they are taken apart: some engines hand out unzipped data by 16 KiB. Not many more: a text of above 64 KiB in UTF-16 is made apart from
 * all others, which takes V8 many times as long.
 */
const enough = 32 * 1024;

function notLines(what: string): KeyfoldError {
  return new KeyfoldError("malformed", what, { reason: "lines" });
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const reader = stream.getReader(); // async iteration of streams is not in every browser
  try {
    for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) yield value as Uint8Array;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/**
 * A stream in pieces that end with a line's LF. A piece is valid until the next one is asked for: all of them lie in the same buffer.
 *
 * Throws `malformed` on a line longer than `limit` bytes and where the last line does not end in LF; and what the stream fails with.
 */
export async function* wholeLines(stream: ReadableStream<Uint8Array>, limit: number): AsyncGenerator<Bytes, void, void> {
  let held = new Uint8Array(3 * enough);
  let size = 0;
  for await (const chunk of chunksOf(stream)) {
    if (size + chunk.length > held.length) {
      const longer = new Uint8Array(Math.max(size + chunk.length, Math.min(2 * held.length, limit)));
      longer.set(held.subarray(0, size));
      held = longer;
    }
    held.set(chunk, size);
    const end = size + chunk.length < enough ? 0 : size + chunk.lastIndexOf(lineFeed) + 1;
    const hasLine = end > size;
    size += chunk.length;
    if (hasLine) {
      yield held.subarray(0, end);
      held.copyWithin(0, end, size);
      size -= end;
    }
    if (size > limit) throw notLines("A line is too long.");
  }
  if (size === 0) return;
  if (held[size - 1] !== lineFeed) throw notLines("The last line has no end.");
  yield held.subarray(0, size);
}

/** The lines of a piece, without LF, as views into it. */
export function* linesIn(piece: Uint8Array): Generator<Uint8Array, void, void> {
  let start = 0;
  for (let end = piece.indexOf(lineFeed); end >= 0; end = piece.indexOf(lineFeed, start)) {
    yield piece.subarray(start, end);
    start = end + 1;
  }
}
