/** Everything secret that derives from a root key, by Node's HKDF and the labels of docs/format.md, section 1: not by the code that is tested. */
import { hkdfSync } from "node:crypto";

const derive = (ikm: Uint8Array, label: string): Uint8Array => new Uint8Array(hkdfSync("sha512", ikm, "keyfold/1", label, 32));

/** Label and bytes of the root, and of each key below it. */
export function secretsOf(root: Uint8Array): Map<string, Uint8Array> {
  const read = derive(root, "read");
  return new Map([
    ["root", root],
    ...["sign", "auth", "inbox", "drop", "share", "keep"].map((label) => [label, derive(root, label)] as const),
    ["read", read],
    ...["read/log", "read/auth", "read/live"].map((label) => [label, derive(read, label)] as const),
  ]);
}
