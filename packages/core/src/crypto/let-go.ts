import type { Bytes } from "../crypto/provider.ts";

/**
 * Gives the memory of bytes back at once that nobody will look at again. Collectors know little of what lies outside their heap: a page that reads
 * a large file would else hold hundreds of MiB of parts that are done with. Leaves views of a larger buffer alone.
 */
export function letGo(bytes: Bytes): void {
  const { buffer } = bytes;
  if (bytes.byteLength !== buffer.byteLength) return;
  // ES2024; where it is missing, the collector does it later.
  if (typeof buffer.transfer === "function") buffer.transfer(0);
}
