/** Laws of keys: as files, as rows, as text that a person brings, as they are kept in the log. */
import { strictEqual } from "node:assert/strict";
import { toBase64url } from "../../../src/crypto/encoding.ts";
import { isKeyfoldError } from "../../../src/error.ts";
import { printKey, readKey, readRow, readTypedRow, tidyRow } from "../../../src/key/rows.ts";
import { keyFileName, parseKeyFile, writeKeyFile } from "../../../src/key/file.ts";
import { openKeep, sealKeep } from "../../../src/key/keep.ts";
import { readRecoveryKey } from "../../../src/recover/key.ts";
import { provider } from "../../device.ts";
import { idOf } from "../../ops.ts";
import type { Law } from "../law.ts";
import { ofBytes, ofText, once } from "./judged.ts";
import { written } from "./written.ts";

const keyFileSeeds = once(async () => {
  const root = Uint8Array.from({ length: 64 }, (_, i) => i * 3);
  const rows = printKey(root);
  return [writeKeyFile({ root, keyId: "ab".repeat(16) }), rows.join("\n"), rows.join("-")];
});

export const keyLaws: readonly Law[] = [
  ofText("key files", 200, keyFileSeeds, (text) => {
    const found = parseKeyFile(text);
    readKey(found.rows);
    if (found.keyId !== undefined) keyFileName(found.keyId);
  }),
  ofText("rows of a key", 200, keyFileSeeds, (text) => {
    for (const row of text.split("\n").slice(0, 20)) {
      readRow(row, 1);
      readTypedRow(row, 8);
      tidyRow(row);
    }
    readKey(text);
  }),
  ofBytes(
    "kept inbox keys",
    80,
    once(async () => [await sealKeep(provider, (await written()).early.keep, { folderId: idOf(1), epoch: 0 }, new Uint8Array(64).fill(3))]),
    async (bytes) => openKeep(provider, (await written()).early.keep, { folderId: idOf(1), epoch: 0 }, bytes),
  ),
  ofText(
    "what a person brings to recover a folder is a key, or unreadable",
    200,
    async () => {
      const read = toBase64url(new Uint8Array(32).fill(5));
      const whole = toBase64url(new Uint8Array(48).fill(6));
      return [...(await keyFileSeeds()), read, whole, `https://example.com/f/${idOf(7)}#${whole}`];
    },
    (text) => {
      try {
        const { bytes, keyId } = readRecoveryKey(text);
        strictEqual(bytes.length === 64 || bytes.length === 32, true);
        strictEqual(keyId === undefined || /^[0-9a-f]{32}$/.test(keyId), true);
      } catch (error) {
        if (isKeyfoldError(error)) strictEqual(error.code, "unreadable-key");
        throw error;
      }
    },
  ),
];
