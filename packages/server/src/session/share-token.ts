/**
 * The token that reads a share's blobs: a JWT (RFC 7519, HS256) bound to the share. Which blobs those are, and whether the share is live, is looked up
 * with each request.
 *
 * @module
 */

import { sessionSeconds, type ShareSession } from "@keyfold/core/protocol";
import { errors, jwtVerify, SignJWT } from "jose";

export interface ShareClaims {
  readonly share: string;
  readonly folder: string;
  readonly epoch: number;
}

const audience = "keyfold/share";

/** `expires` in Unix seconds. */
export async function issueShareToken(key: CryptoKey, { share, folder, epoch }: ShareClaims, now: number): Promise<ShareSession> {
  const issued = Math.floor(now / 1000);
  const expires = issued + sessionSeconds;
  const token = await new SignJWT({ folder, epoch })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(share)
    .setAudience(audience)
    .setIssuedAt(issued)
    .setExpirationTime(expires)
    .sign(key);
  return { token, expires };
}

/** The claims of a token that this server issued and that has not expired, else undefined. */
export async function readShareToken(key: CryptoKey, token: string, now: number): Promise<ShareClaims | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: ["HS256"], audience, currentDate: new Date(now) });
    const { sub, folder, epoch } = payload;
    if (sub === undefined || typeof folder !== "string" || typeof epoch !== "number") return undefined;
    return { share: sub, folder, epoch };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
