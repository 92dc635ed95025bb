/**
 * The addresses of this machine, and so the base URLs that a server without a configured origin may answer to.
 *
 * @module
 */

import { networkInterfaces } from "node:os";
import { isLoopback } from "./session/base-url.ts";

/** Hosts as they stand in a URL: addresses of this machine's interfaces, loopback left out. */
export function ownHosts(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0)
    .map(({ family, address }) => (family === "IPv6" ? `[${address}]` : address));
}

/** Everybody's addresses: 0.0.0.0 and its IPv6 twin. */
function isEvery(hostname: string): boolean {
  return hostname === "0.0.0.0" || hostname === "::" || hostname === "";
}

/** The base URLs to print: what listens under `hostname` on `port`. */
export function baseUrls(hostname: string, port: number, path: string, scheme: "http" | "https" = "http"): string[] {
  const hosts = isEvery(hostname) ? ["localhost", ...ownHosts()] : [hostname.includes(":") ? `[${hostname}]` : hostname];
  return hosts.map((host) => new URL(`${scheme}://${host}:${port}${path}`).href.replace(/\/$/, ""));
}

/**
 * The rule for a server that was given no origin: loopback, and this machine's own interfaces, on its own port. It asks the operating system each
 * time, so a laptop that changes its network stays reachable; and never the request.
 */
export function ownAddressesOnly(port: () => number, path: string, scheme: "http" | "https" = "http"): (baseUrl: string) => boolean {
  return (baseUrl) => {
    const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
    if (url === undefined || url.pathname.replace(/\/$/, "") !== path) return false;
    if (isLoopback(baseUrl)) return true;
    const usual = scheme === "http" ? 80 : 443;
    return url.protocol === `${scheme}:` && Number(url.port === "" ? usual : url.port) === port() && ownHosts().includes(url.hostname);
  };
}
