import type { Bytes } from "./provider.ts";

/** Where detaching a buffer frees it, and where requests take buffers as they are. */
export const runsInNode = typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node === "string";

/** A port that nobody listens at any more: what is transferred to it is freed at once. Null where buffers are freed by detaching them. */
let nowhere: MessagePort | null | undefined;

function portToNowhere(): MessagePort | null {
  if (runsInNode || typeof MessageChannel === "undefined") return null;
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
}

/**
 * Gives the memory of bytes back at once that nobody will look at again. Collectors know little of what lies outside their heap: a page that reads
 * a large file would else hold hundreds of MiB of parts that are done with. Leaves views of a larger buffer alone.
 *
 * Detaching is not enough in Chromium: what came from a Blob, a response or `crypto.subtle` is held by an object of the page's, too, and after
 * `transfer()` even the collector no longer knows of it (384 MiB read from a file grew the page by 421 MiB; this way by 38). Transferring takes
 * it from both.
 */
export function letGo(...all: readonly Bytes[]): void {
  const buffers = all.filter(({ byteLength, buffer }) => byteLength > 0 && byteLength === buffer.byteLength).map(({ buffer }) => buffer);
  if (buffers.length === 0) return;
  nowhere ??= portToNowhere();
  if (nowhere !== null) nowhere.postMessage(null, buffers);
  // ES2024; where it is missing, the collector does it later.
  else for (const buffer of buffers) if (typeof buffer.transfer === "function") buffer.transfer(0);
}
