/**
 * The host's users, as far as the host names them (`authorize`): opaque, and kept as a keyed hash. It is only ever looked up by, so nobody who reads the database
 * learns whose folder is whose; whoever changes the server's secret loses the lists, which fill again as folders are written to.
 *
 * @module
 */

import { KeyfoldError, toBase64url, toUtf8 } from "@keyfold/core/protocol";
import type { Services } from "../services.ts";

/** Bytes in UTF-8. */
const longest = 255;

/** As it is kept. Throws `invalid-argument` for what is no subject: a mistake of the host's, not of whoever asks. */
export async function hashedSubject({ keys }: Pick<Services, "keys">, subject: unknown): Promise<string> {
  const bytes = typeof subject === "string" && subject.isWellFormed() ? toUtf8(subject) : new Uint8Array();
  if (bytes.length === 0 || bytes.length > longest) {
    throw new KeyfoldError("invalid-argument", "A subject is a text of 1 to 255 bytes.");
  }
  const { subject: key } = await keys();
  return toBase64url(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes)));
}
