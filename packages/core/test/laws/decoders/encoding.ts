/** Laws of the written forms of bytes. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { fromBase64url, fromHex, fromUtf8, toBase64url, toHex, toUtf8 } from "../../../src/crypto/encoding.ts";
import { idOf } from "../../ops.ts";
import type { Law } from "../law.ts";
import { ofBytes, ofText } from "./judged.ts";

export const encodingLaws: readonly Law[] = [
  ofText(
    "hexadecimal takes only what it would write",
    200,
    async () => [idOf(7), "", "ff00"],
    (text) => strictEqual(toHex(fromHex(text)), text),
  ),
  ofText(
    "base64url takes only what it would write",
    300,
    async () => ["", "AA", "AAA", "AAAA", "A".repeat(43)],
    (text) => strictEqual(toBase64url(fromBase64url(text)), text),
  ),
  ofBytes(
    "UTF-8 takes only what it would write",
    200,
    async () => [toUtf8("héllo \u{1F511} \ufeff")],
    (bytes) => deepStrictEqual(toUtf8(fromUtf8(bytes)), bytes),
  ),
];
