/** Files whose bytes can be found again: each 15 bytes in a row hold a whole mark, so a scan for marks finds any 16 bytes that leaked. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Eight characters a mark: "KF" and a number in hex. Random bytes look like one about once in 10^12 places. */
const mark = /KF[0-9a-f]{6}/;

export function marked(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let place = 0, count = seed; place < size; place += 8, count = (count + 1) & 0xffffff) {
    bytes.write(`KF${count.toString(16).padStart(6, "0")}`, place, "latin1");
  }
  return bytes;
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Every file below a folder, whole. */
export function everyFile(folder: string): readonly { readonly path: string; readonly bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ path, bytes: readFileSync(path) }));
}

/** What of the given texts, and of marked contents, stands in any file below the folder; empty where nothing leaked. */
export function leaks(folder: string, texts: readonly string[]): string[] {
  const found: string[] = [];
  for (const { path, bytes } of everyFile(folder)) {
    const match = mark.exec(bytes.toString("latin1"));
    if (match) found.push(`${path}: content ${match[0]}`);
    for (const text of texts) {
      for (const encoding of ["utf8", "utf16le"] as const) {
        if (bytes.includes(Buffer.from(text, encoding))) found.push(`${path}: ${text}`);
      }
    }
  }
  return found;
}
