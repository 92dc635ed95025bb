/**
 * Under which addresses this server is reached.
 *
 * @module
 */

import { KeyfoldError } from "@keyfold/core/protocol";
import type { KeyfoldOptions, Origin } from "../options.ts";

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

function parsed(baseUrl: string): URL | undefined {
  return URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
}

/** A base URL as it is compared: normal form of the URL, no slash at its end. Throws `invalid-argument`. */
export function normalBaseUrl(baseUrl: string): string {
  const url = parsed(baseUrl);
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "" || url.username !== "") {
    throw new KeyfoldError("invalid-argument", "An origin is a base URL with http or https, without query and fragment.");
  }
  return (url.origin + url.pathname).replace(/\/+$/, "");
}

/**
 * Whoever reaches this machine's loopback address is on this machine: nobody else is in the middle. Any port and path, for what listens there belongs
 * to the same person.
 */
export function isLoopback(baseUrl: string): boolean {
  const url = parsed(baseUrl);
  return url !== undefined && loopbackHosts.has(url.hostname);
}

export function originOf(option: KeyfoldOptions["origin"]): Origin {
  if (option === undefined) return isLoopback;
  if (typeof option === "function") return option;
  return (typeof option === "string" ? [option] : option).map(normalBaseUrl);
}

export function isConfigured(origin: Origin, baseUrl: string): boolean {
  return typeof origin === "function" ? origin(baseUrl) : origin.includes(baseUrl);
}

/** The base URL in a request's own address: everything before `/v1`. */
export function baseUrlOf(requestUrl: string): string {
  const url = new URL(requestUrl);
  return url.origin + url.pathname.replace(/\/v1(?:\/.*)?$/, "");
}

/**
 * The configured base URL that a request's address belongs to; for `GET /v1`, where it is told and nothing is signed. Behind a proxy the scheme may
 * be another one than the client sees, so host and path decide. Where none fits: the first.
 */
export function ownBaseUrl(origin: Origin, requestUrl: string): string {
  const base = baseUrlOf(requestUrl);
  if (typeof origin === "function") return base;
  const { host, pathname } = new URL(base);
  const fits = (configured: string): boolean => {
    const url = new URL(configured);
    return url.host === host && url.pathname.replace(/\/$/, "") === pathname.replace(/\/$/, "");
  };
  return origin.find((configured) => configured === base) ?? origin.find(fits) ?? origin[0] ?? base;
}
