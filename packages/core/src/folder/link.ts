/** Links to a folder's page: the id alone. While the folder is open that is all it takes to read it; a locked one then asks for the key. */
import { fromBase64url, toBase64url } from "../crypto/encoding.ts";
import { KeyfoldError } from "../error.ts";
import type { KeyCheckpoint } from "../key/file.ts";
import { decodeCheckpoint, encodeCheckpoint, fromKeyCheckpoint, toKeyCheckpoint } from "../log/checkpoint.ts";

const ID = /[0-9a-f]{32}/;

/** `<page>f/<folder id>`; the page's address and nothing behind it but a checkpoint (`#at=`, base64url), where one is given. */
export function folderLink(folder: string, page: string, checkpoint?: KeyCheckpoint): string {
  const url = new URL(page);
  url.search = "";
  url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname = url.pathname.slice(0, url.pathname.lastIndexOf("/") + 1);
  // A page of another folder: its address ends in /f/<id>.
  url.pathname = url.pathname.replace(/\/f\/$/, "/");
  const { href } = new URL(`f/${folder}`, url);
  if (checkpoint === undefined) return href;
  return `${href}#at=${toBase64url(encodeCheckpoint(fromKeyCheckpoint(checkpoint)))}`;
}

/** The checkpoint in a link; undefined where there is none. Throws `invalid-argument` where it is none. */
export function checkpointOfLink(link: string): KeyCheckpoint | undefined {
  try {
    const at = new URLSearchParams(new URL(link, "https://link.invalid/").hash.slice(1)).get("at");
    return at === null ? undefined : toKeyCheckpoint(decodeCheckpoint(fromBase64url(at)));
  } catch (cause) {
    throw new KeyfoldError("invalid-argument", "This is not a link to a folder.", { cause });
  }
}

/** The folder's id in a link. Throws `invalid-argument` where there is none. */
export function folderOfLink(link: string): string {
  let path: string;
  try {
    path = new URL(link, "https://link.invalid/").pathname;
  } catch (cause) {
    throw new KeyfoldError("invalid-argument", "This is not a link to a folder.", { cause });
  }
  const found = new RegExp(`/f/(${ID.source})/?$`).exec(path)?.[1];
  if (found === undefined) throw new KeyfoldError("invalid-argument", "This is not a link to a folder.");
  return found;
}
