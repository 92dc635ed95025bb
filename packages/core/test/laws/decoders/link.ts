/** Laws of addresses: links to folders, of readers, to shares. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { baseUrl } from "../../../src/api/base-url.ts";
import { checkpointOfLink, folderLink, folderOfLink } from "../../../src/folder/link.ts";
import { readFragment, readKeyOfLink } from "../../../src/folder/read-link.ts";
import { readShareLink, shareFragment } from "../../../src/share/link.ts";
import { idOf } from "../../ops.ts";
import type { Law } from "../law.ts";
import { ofText } from "./judged.ts";

const head = "ab".repeat(32);

export const linkLaws: readonly Law[] = [
  ofText(
    "links",
    300,
    async () => [`https://example.com/app/f/${idOf(7)}#n=${idOf(1)}`, `/f/${idOf(7)}/`, `http://[::1]:8787/f/${idOf(7)}?x=1`],
    (text) => {
      ok(/^[0-9a-f]{32}$/.test(folderOfLink(text)));
    },
  ),
  ofText(
    "fragments of shares takes only what it would write",
    200,
    async () => [shareFragment({ secret: new Uint8Array(32).fill(5), signerMark: new Uint8Array(16).fill(6) })],
    (text) => {
      strictEqual(shareFragment(readShareLink(text)), text.slice(text.indexOf("#") + 1).trim());
    },
  ),
  ofText(
    "fragments of read-only links takes only what it would write",
    200,
    async () => [`https://example.com/f/${idOf(7)}#${readFragment({ read: new Uint8Array(32).fill(5), keyId: idOf(8) })}`],
    (text) => {
      const found = readKeyOfLink(text);
      if (found !== null) strictEqual(readFragment(found), text.slice(text.indexOf("#") + 1));
    },
  ),
  ofText(
    "checkpoints in links is one that a link would have, or none",
    200,
    async () => [folderLink(idOf(7), "https://example.com/app/", { epoch: 1, seq: 12, head }), `/f/${idOf(7)}#at=`, "http://[/#at=AAAA"],
    (text) => {
      const found = checkpointOfLink(text);
      if (found !== undefined) deepStrictEqual(checkpointOfLink(folderLink(idOf(7), "https://example.com/", found)), found);
    },
  ),
  ofText(
    "servers' addresses takes one that it would give again",
    200,
    async () => ["https://files.example.com/keyfold/", "HTTP://x.example:8080//", `https://x.example/${"/".repeat(60_000)}x`],
    (text) => strictEqual(baseUrl(baseUrl(text)), baseUrl(text)),
  ),
];
