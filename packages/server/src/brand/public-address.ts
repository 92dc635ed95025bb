/**
 * Which addresses a server may be sent to by a name that others chose: those of the public internet alone.
 *
 * @module
 */

import ipaddr from "ipaddr.js";

const globalUnicast = ipaddr.parseCIDR("2000::/3");

/**
 * False for private, loopback, link-local, carrier's, multicast, documentation and reserved ranges, and for every form that holds an IPv4 address inside an
 * IPv6 one (mapped, compatible, NAT64, 6to4, Teredo): what is behind those is decided by somebody else's gateway.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast") return false;
  return address.kind() === "ipv4" || address.match(globalUnicast);
}
