/**
 * Domains: one form for each, and which of them are served.
 *
 * @module
 */

import { domainToASCII, domainToUnicode } from "node:url";
import { KeyfoldError } from "@keyfold/core/protocol";

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * A host name as the DNS knows it: lowercase, internationalized labels in Punycode (UTS 46), no dot at its end. undefined for whatever else: addresses,
 * one label alone, a port, a path, more than 253 characters.
 */
export function normalDomain(text: string): string | undefined {
  // A parser of host names stops, or passes over, where a URL would go on.
  if (text.length > 1024 || /[\p{Cc} "#%/:<>?@[\\\]^`{|}]/u.test(text)) return undefined;
  const name = domainToASCII(text).replace(/\.$/, "");
  const labels = name.split(".");
  if (labels.length < 2 || name.length > 253 || !labels.every((part) => label.test(part))) return undefined;
  if (/(?:^|\.)xn--/.test(domainToUnicode(name))) return undefined; // no valid Punycode
  // A name whose last label is a number is an address to a URL parser (URL standard, "ends in a number").
  return /^[0-9]/.test(labels.at(-1)!) ? undefined : name;
}

/** As people read it. */
export function shownDomain(domain: string): string {
  const shown = domainToUnicode(domain);
  return shown === "" ? domain : shown;
}

/** Throws `invalid-argument`. */
export function hostsDomain(text: string): string {
  const domain = normalDomain(text);
  if (domain === undefined) throw new KeyfoldError("invalid-argument", "A domain of the brand option is not a host name.");
  return domain;
}

/** Tells whether a domain is served. Throws `invalid-argument` for what is no domain. */
export function domainRule(domains: readonly string[] | "all", also: Iterable<string>): (domain: string) => boolean {
  if (domains === "all") return () => true;
  const names = new Set(also);
  const below: string[] = [];
  for (const entry of domains) {
    if (entry.startsWith("*.")) below.push(`.${hostsDomain(entry.slice(2))}`);
    else names.add(hostsDomain(entry));
  }
  return (domain) => names.has(domain) || below.some((end) => domain.endsWith(end));
}
