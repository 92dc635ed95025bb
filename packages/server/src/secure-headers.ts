/**
 * What every answer says to the browser (OWASP, "REST Security" and "HTTP Headers" cheat sheets). What a host's own answer says already stands.
 *
 * @module
 */

import type { KeyfoldOptions, Origin } from "./options.ts";

/** On everything. */
export const everywhere = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** On what is no page: nothing in it runs, nothing shows it in a frame. */
export const onData = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
} as const;

/** On pages. The camera reads the codes that devices show each other; nothing else of the machine is asked for. */
export const onPages = {
  "permissions-policy":
    "accelerometer=(), camera=(self), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
  "cross-origin-opener-policy": "same-origin",
} as const;

const year = 365 * 24 * 3600;

/**
 * `Strict-Transport-Security`, where browsers are known to come over https alone: every base URL is configured, and has https; or there is a rule, and the
 * request's own address has https. Undefined: not said. For this host alone, never its subdomains, which are not ours.
 */
export function transportSecurity(option: KeyfoldOptions["hsts"], origin: Origin, requestUrl: string): string | undefined {
  if (option === false) return undefined;
  const isHttps = (url: string): boolean => url.startsWith("https://");
  const safe = typeof origin === "function" ? isHttps(requestUrl) : origin.length > 0 && origin.every(isHttps);
  return safe ? `max-age=${option ?? year}` : undefined;
}
