/**
 * `@keyfold/core`: end-to-end-encrypted folders.
 *
 * @example
 * const keyfold = new Keyfold({ server: "https://files.example.com/keyfold" });
 * const folder = await keyfold.create();
 * await folder.upload(files, { to: "/2026/taxes" });
 *
 * @module
 */
import { generateRoot } from "./key/schedule.ts";
import { randomBytes } from "./crypto/random.ts";

export { Keyfold } from "./keyfold.ts";
export { isKeyfoldError, KeyfoldError, type ErrorCode, type KeyfoldErrorOptions } from "./error.ts";
export { keyFileName, keyFileWarning, parseKeyFile, writeKeyFile, type FoundKey, type KeyFile } from "./key/file.ts";
export {
  keyCharacters,
  oneLine,
  printKey,
  readKey,
  readRow,
  readTypedRow,
  rowCount,
  rowLength,
  tidyRow,
  type KeyReading,
  type RowVerdict,
  type TypedRowVerdict,
} from "./key/rows.ts";
export { isInsecurePage } from "./crypto/platform.ts";
export { kindOf } from "./tree/kind.ts";
export { indexedDbStore } from "./store/indexed-db.ts";
export { memoryStore } from "./store/memory.ts";
export type * from "./interface/index.ts";

/** A new key: 64 bytes of the platform's generator. Save it before `folder.lock(key)`. Throws `crypto-missing`. */
export function generateKey(): Uint8Array<ArrayBuffer> {
  return generateRoot({ randomBytes });
}
