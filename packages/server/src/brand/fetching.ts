/**
 * Pictures from elsewhere, under guard: https, public addresses, a few redirects each checked again, a cap on time and bytes, a type by the bytes.
 *
 * A name is resolved once a connection, all its addresses are checked, and the connection is made to what was checked: a name server that answers
 * otherwise the next time (DNS rebinding) is not asked a next time.
 *
 * @module
 */

import { lookup as systemLookup } from "node:dns/promises";
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { asError } from "../blobs/store.ts";
import type { UnsafeForTests } from "./options.ts";
import { largestPicture, pictureType, type Picture } from "./picture.ts";
import { isPublicAddress } from "./public-address.ts";

/** Why there is no picture. Goes into log lines, which never hold an address. */
export type FetchFailure =
  /** Neither https nor, in tests, http; a name and password in it; no URL. */
  | "address-form"
  /** It, or what it resolves or redirects to, is not on the public internet. */
  | "address-not-public"
  | "redirects"
  | "status"
  | "too-large"
  /** Packed, though it was asked for as it is. */
  | "encoding"
  | "type"
  | "timeout"
  | "connection";

export class FetchRefused extends Error {
  override readonly name = "FetchRefused";
  readonly code: FetchFailure;
  constructor(code: FetchFailure, cause?: unknown) {
    super(`A picture was not taken: ${code}.`, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** What a server said about a picture, to ask it again by. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export type Fetched =
  | { readonly kind: "picture"; readonly picture: Picture; readonly validators: Validators; readonly maxAge: number | undefined }
  /** The known one is still the one. */
  | { readonly kind: "same"; readonly maxAge: number | undefined }
  /** There is none there. */
  | { readonly kind: "none" };

export interface FetchOptions {
  readonly validators?: Validators | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly unsafe?: UnsafeForTests | undefined;
}

const mostRedirects = 3;

/** Throws `FetchRefused`, and nothing else. */
export async function fetchPicture(address: string, options: FetchOptions): Promise<Fetched> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  try {
    let url = checkedUrl(address, undefined, options.unsafe);
    for (let redirects = 0; ; redirects++) {
      const answer = await ask(url, signal, options);
      const location = redirectOf(answer);
      if (location === undefined) return await taken(answer, options.validators);
      answer.destroy();
      if (redirects === mostRedirects) throw new FetchRefused("redirects");
      url = checkedUrl(location, url, options.unsafe);
    }
  } catch (error) {
    if (error instanceof FetchRefused) throw error;
    throw new FetchRefused(timeout.aborted ? "timeout" : "connection", error);
  }
}

function checkedUrl(address: string, base: URL | undefined, unsafe: UnsafeForTests | undefined): URL {
  if (!URL.canParse(address, base)) throw new FetchRefused("address-form");
  const url = new URL(address, base);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && unsafe?.http === true)) throw new FetchRefused("address-form");
  if (url.username !== "" || url.password !== "") throw new FetchRefused("address-form");
  // What is an address already is never resolved.
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) checkAddress(host, portOf(url), unsafe);
  return url;
}

function portOf(url: URL): number {
  return Number(url.port === "" ? (url.protocol === "https:" ? 443 : 80) : url.port);
}

function checkAddress(address: string, port: number, unsafe: UnsafeForTests | undefined): void {
  if (!isPublicAddress(address) && unsafe?.address?.(address, port) !== true) throw new FetchRefused("address-not-public");
}

/** A resolver for one connection. One address that is not public spoils the name. */
function guardedLookup(port: number, unsafe: UnsafeForTests | undefined): LookupFunction {
  const resolve = async (hostname: string): Promise<{ address: string; family: number }[]> => {
    const addresses =
      unsafe?.resolve === undefined
        ? (await systemLookup(hostname, { all: true })).map(({ address }) => address)
        : await unsafe.resolve(hostname);
    if (addresses.length === 0) throw new FetchRefused("connection");
    for (const address of addresses) checkAddress(address, port, unsafe);
    return addresses.map((address) => ({ address, family: isIP(address) }));
  };
  return (hostname, { all = false }, done) => {
    const resolved = async (): Promise<void> => {
      try {
        const found = await resolve(hostname);
        if (all) done(null, found);
        else done(null, found[0]!.address, found[0]!.family);
      } catch (error) {
        done(asError(error), "");
      }
    };
    void resolved();
  };
}

function ask(url: URL, signal: AbortSignal, { validators, unsafe }: FetchOptions): Promise<IncomingMessage> {
  const headers = {
    accept: "image/png, image/webp, image/jpeg, image/gif, image/x-icon",
    // A packed answer could unpack to any size.
    "accept-encoding": "identity",
    "user-agent": "keyfold-brand/1",
    ...(validators?.etag === undefined ? {} : { "if-none-match": validators.etag }),
    ...(validators?.lastModified === undefined ? {} : { "if-modified-since": validators.lastModified }),
  };
  const options = { headers, signal, lookup: guardedLookup(portOf(url), unsafe) };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  // An agent of its own: no connection that was made for another name is used.
  const request =
    url.protocol === "https:"
      ? httpsRequest(url, { ...options, agent: new HttpsAgent(), ...(unsafe?.ca === undefined ? {} : { ca: unsafe.ca }) })
      : httpRequest(url, { ...options, agent: new HttpAgent() });
  request.on("response", resolve).on("error", reject).end();
  return promise;
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  return [301, 302, 303, 307, 308].includes(statusCode) ? headers.location : undefined;
}

async function taken(answer: IncomingMessage, validators: Validators | undefined): Promise<Fetched> {
  try {
    const { statusCode = 0, headers } = answer;
    if (statusCode === 304 && validators !== undefined) return { kind: "same", maxAge: maxAgeOf(answer) };
    if (statusCode === 404 || statusCode === 410 || statusCode === 204) return { kind: "none" };
    if (statusCode !== 200) throw new FetchRefused("status");
    if (!/^(?:identity)?$/i.test((headers["content-encoding"] ?? "").trim())) throw new FetchRefused("encoding");
    if (/^\s*(?:text|application\/(?:xhtml|json|xml))\b/i.test(headers["content-type"] ?? "")) throw new FetchRefused("type");
    const bytes = await bodyOf(answer);
    const type = pictureType(bytes);
    if (type === undefined) throw new FetchRefused("type");
    const { etag, "last-modified": lastModified } = headers;
    return {
      kind: "picture",
      picture: { type, bytes },
      validators: { ...(isValidator(etag) ? { etag } : {}), ...(isValidator(lastModified) ? { lastModified } : {}) },
      maxAge: maxAgeOf(answer),
    };
  } finally {
    answer.destroy();
  }
}

async function bodyOf(answer: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(answer.headers["content-length"] ?? 0) > largestPicture) throw new FetchRefused("too-large");
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of answer as AsyncIterable<Uint8Array>) {
    length += piece.length;
    if (length > largestPicture) throw new FetchRefused("too-large");
    pieces.push(piece);
  }
  if (!answer.complete) throw new FetchRefused("connection");
  return new Uint8Array(Buffer.concat(pieces));
}

/** Is sent back as it came: so only what may stand in a header, and is short. */
function isValidator(text: string | undefined): text is string {
  return text !== undefined && /^[\x20-\x7e]{1,256}$/.test(text);
}

/** `Cache-Control: max-age`, seconds. */
function maxAgeOf({ headers }: IncomingMessage): number | undefined {
  const found = /(?:^|[\s,])max-age=([0-9]{1,9})(?:[\s,]|$)/i.exec(headers["cache-control"] ?? "");
  return found === null ? undefined : Number(found[1]);
}
