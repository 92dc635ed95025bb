/** Links to a folder's page: the id alone. While the folder is open that is all it takes to read it; a locked one then asks for the key. */
import { KeyfoldError } from "../error.ts";

const ID = /[0-9a-f]{32}/;

/** `<page>f/<folder id>`; the page's address and nothing behind it. */
export function folderLink(folder: string, page: string): string {
  const url = new URL(page);
  url.search = "";
  url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname = url.pathname.slice(0, url.pathname.lastIndexOf("/") + 1);
  // A page of another folder: its address ends in /f/<id>.
  url.pathname = url.pathname.replace(/\/f\/$/, "/");
  return new URL(`f/${folder}`, url).href;
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
