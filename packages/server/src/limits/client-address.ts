/**
 * Who sends a request, as far as that can be told, and how it is written down: as a keyed hash, so that no address lies in the database.
 *
 * @module
 */

import { KeyfoldError, toBase64url, toUtf8 } from "@keyfold/core/protocol";
import ipaddr from "ipaddr.js";
import type { RequestContext } from "../context.ts";
import type { Services } from "../services.ts";

type Asking = Pick<Services, "clientAddress" | "keys">;

/** Where a wrong passphrase comes from: all whose address nobody knows count as one. */
export async function addressOf(c: RequestContext, services: Asking): Promise<string> {
  return hashed(services, services.clientAddress?.(c.req.raw) ?? socketAddress(c) ?? "");
}

/**
 * The same for counting requests; undefined where it says nothing about the client. A connection from a loopback or private address is mostly a proxy's, and
 * everybody behind it would count as one: such an address counts only where the host's `clientAddress` gives it.
 */
export async function countedAddress(c: RequestContext, services: Asking): Promise<string | undefined> {
  const given = services.clientAddress?.(c.req.raw);
  if (given !== undefined) return hashed(services, given);
  const socket = socketAddress(c);
  return socket !== undefined && isPublic(socket) ? hashed(services, socket) : undefined;
}

function socketAddress(c: RequestContext): string | undefined {
  return c.env?.incoming?.socket.remoteAddress;
}

async function hashed(services: Asking, address: string): Promise<string> {
  const { address: key } = await services.keys();
  const mac = await crypto.subtle.sign("HMAC", key, toUtf8(networkOf(address).toWellFormed()));
  return toBase64url(new Uint8Array(mac).subarray(0, 16));
}

function parsed(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const plain = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  // Of the short and octal ways to write an IPv4 address none comes from a socket.
  if (!ipaddr.IPv6.isValid(plain) && !ipaddr.IPv4.isValidFourPartDecimal(plain)) return undefined;
  return ipaddr.process(plain);
}

function isPublic(address: string): boolean {
  return parsed(address)?.range() === "unicast";
}

/** Of an IPv6 address the network, of which one household has a whole one: 64 bits. What is no address stays as it is. */
export function networkOf(address: string): string {
  const known = parsed(address);
  if (known === undefined) return address.toLowerCase();
  if (known instanceof ipaddr.IPv4) return known.toString();
  return `${known.parts
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::`;
}

/**
 * A `clientAddress` for a server behind so many proxies of the host's own, each of which adds to `X-Forwarded-For` whom it was asked by. What stands further to
 * the left anybody may have written. Throws `invalid-argument`.
 */
export function behindProxies(count: number): (request: Request) => string | undefined {
  if (!Number.isSafeInteger(count) || count < 1) throw new KeyfoldError("invalid-argument", "The number of proxies is at least 1.");
  return (request) => {
    const told = (request.headers.get("x-forwarded-for") ?? "").split(",").map((address) => address.trim());
    const address = told.at(-count);
    return address === undefined || address === "" ? undefined : address;
  };
}
