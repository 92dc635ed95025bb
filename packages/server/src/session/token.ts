/**
 * The session's token: a JWT (RFC 7519, HS256) bound to folder, epoch and scope.
 *
 * @module
 */

import { sessionSeconds, type Scope } from "@keyfold/core/protocol";
import { errors, jwtVerify, SignJWT } from "jose";

export interface Claims {
  readonly folder: string;
  readonly epoch: number;
  readonly scope: Scope;
}

const audience = "keyfold/session";

/** `expires` in Unix seconds. */
export async function issueToken(key: CryptoKey, claims: Claims, now: number): Promise<{ token: string; expires: number }> {
  const issued = Math.floor(now / 1000);
  const expires = issued + sessionSeconds;
  const token = await new SignJWT({ epoch: claims.epoch, scope: claims.scope })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(claims.folder)
    .setAudience(audience)
    .setIssuedAt(issued)
    .setExpirationTime(expires)
    .sign(key);
  return { token, expires };
}

/** The claims of a token that this server issued and that has not expired, else undefined. */
export async function readToken(key: CryptoKey, token: string, now: number): Promise<Claims | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: ["HS256"], audience, currentDate: new Date(now) });
    const { sub, epoch, scope } = payload;
    if (sub === undefined || typeof epoch !== "number" || (scope !== "owner" && scope !== "read")) return undefined;
    return { folder: sub, epoch, scope };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
