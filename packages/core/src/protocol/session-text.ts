/**
 * The text that a session's challenge has signed (docs/format.md, section 5).
 *
 * A key that signs whatever a server sends is a key that a server can use. So every value is held against its pattern before anything is signed.
 *
 * @module
 */

import { toUtf8 } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { Scope } from "./schema.ts";

export interface SessionChallenge {
  /** The server's base URL as it is configured here, no slash at the end. */
  readonly server: string;
  /** Folder id, hex. */
  readonly folder: string;
  readonly epoch: number;
  /** What the session may do: `owner` reads and writes, `read` reads. */
  readonly scope: Scope;
  /** The server's 32 random bytes in base64url, 43 characters. */
  readonly nonce: string;
  /** Unix seconds, by the server's clock, which alone judges it. */
  readonly expires: number;
}

const largestU32 = 2 ** 32 - 1;

/** Printable ASCII after the scheme, no query, no fragment, no slash at the end. */
const patterns = {
  server: /^https?:\/\/[\x21\x22\x24-\x2e\x30-\x3e\x40-\x7e]+(?:\/[\x21\x22\x24-\x2e\x30-\x3e\x40-\x7e]+)*$/,
  folder: /^[0-9a-f]{32}$/,
  // 32 bytes are 42 characters of 6 bits and one of 4, whose last two bits are zero
  nonce: /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/,
} as const;

function isInteger(value: unknown, largest: number): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= largest && !Object.is(value, -0);
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === "string" && pattern.test(value);
}

/** The text to sign, UTF-8. Throws `session-refused` when any value does not follow its pattern. */
export function sessionText(challenge: SessionChallenge): Bytes {
  const { server, folder, epoch, scope, nonce, expires } = challenge;
  const fits =
    matches(server, patterns.server) &&
    matches(folder, patterns.folder) &&
    isInteger(epoch, largestU32) &&
    (scope === "owner" || scope === "read") &&
    matches(nonce, patterns.nonce) &&
    isInteger(expires, Number.MAX_SAFE_INTEGER);
  if (!fits)
    throw new KeyfoldError("session-refused", "The server asked for a signature that no Keyfold server asks for.", { reason: "challenge" });
  return toUtf8(
    [
      "keyfold/1 session",
      `server:${server}`,
      `folder:${folder}`,
      `epoch:${epoch}`,
      `scope:${scope}`,
      `nonce:${nonce}`,
      `expires:${expires}`,
    ].join("\n"),
  );
}
