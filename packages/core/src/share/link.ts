/**
 * A share's link: `<page>#<fragment>`, fragment = base64url(s(32) | signer's mark(16)), 64 characters. The fragment is all that it takes (docs/format.md,
 * section 8); browsers never send it.
 *
 * @module
 */

import { concat, fromBase64url, toBase64url } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";

export interface ShareFragment {
  /** s, 32 bytes. */
  readonly secret: Bytes;
  /** H("keyfold/1 signer"0 | signPub)[0..16]. */
  readonly signerMark: Bytes;
}

const secretLength = 32;
const fragmentLength = 48;

export function shareFragment({ secret, signerMark }: ShareFragment): string {
  return toBase64url(concat(secret, signerMark));
}

/** `<page>#<fragment>`; whatever stood behind the page's own address is left out. */
export function shareLink(page: string, fragment: string): string {
  const url = new URL(page);
  url.search = "";
  url.hash = fragment;
  return url.href;
}

/** The fragment in a link, or the fragment itself. Throws `invalid-argument`; its message never repeats what was given. */
export function readShareLink(link: string): ShareFragment {
  const at = link.indexOf("#");
  const text = link.slice(at + 1).trim();
  let bytes: Bytes;
  try {
    bytes = fromBase64url(text, fragmentLength);
  } catch {
    throw new KeyfoldError("invalid-argument", "This is not a whole link. Copy it again, to its end.", { reason: "link" });
  }
  return { secret: bytes.slice(0, secretLength), signerMark: bytes.slice(secretLength) };
}
