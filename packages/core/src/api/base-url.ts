/** The server's base URL: absolute, without a slash at the end, the exact text that sessions are signed over (docs/format.md, section 5). */
import { KeyfoldError } from "../error.ts";

/** Resolves `server` against the page. Throws `invalid-argument` for anything but an http(s) URL without query, fragment or credentials. */
export function baseUrl(server: string): string {
  const page = typeof location === "undefined" ? undefined : location.href;
  let url: URL;
  try {
    url = new URL(server, page);
  } catch (cause) {
    throw new KeyfoldError("invalid-argument", "The server's address is not a URL. Outside a page it must be absolute.", { cause });
  }
  const plain = url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if ((url.protocol !== "https:" && url.protocol !== "http:") || !plain) {
    throw new KeyfoldError("invalid-argument", "The server's address must be an http or https URL without query, fragment or password.");
  }
  const address = url.origin + url.pathname;
  let end = address.length;
  while (address[end - 1] === "/") end--;
  return address.slice(0, end);
}
