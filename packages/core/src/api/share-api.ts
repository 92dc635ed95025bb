/**
 * One share, for who has its link (docs/protocol.md, "Shares"). No session of the folder: a token that derives from the link opens the manifest, and takes a
 * download, whose own short-lived token reads the blobs.
 *
 * @module
 */
import { toBase64url } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { decodeReadBundle } from "../protocol/bundle.ts";
import { decodeServedManifest, type ServedManifest } from "../protocol/share.ts";
import { ShareSession, ShareStanding } from "../protocol/share-schema.ts";
import { unreadable, validJson } from "./answer.ts";
import { PART_TIMEOUT, SMALL_TIMEOUT, type Http, type HttpAnswer, type HttpRequest, type RequestOptions } from "./http.ts";
import { Refusal } from "./refusal.ts";

const JSON_BODY = { "content-type": "application/json" };
/** Tokens last 15 minutes; one that is older than this (milliseconds) is replaced before it is refused. */
const RENEW_AFTER = 14 * 60_000;

export interface ShareApiOptions {
  readonly http: Http;
  /** Hex of 16 bytes. */
  readonly share: string;
  /** Hex of 16 random bytes: all that is read through this object is one download. */
  readonly take: string;
}

export class ShareApi {
  readonly #http: Http;
  readonly #path: string;
  readonly #take: string;
  #token = "";
  #session: { readonly token: Promise<string>; readonly since: number } | null = null;

  constructor({ http, share, take }: ShareApiOptions) {
    this.#http = http;
    this.#path = `/v1/shares/${share}`;
    this.#take = take;
  }

  /** From now on this is who we are: 32 bytes. */
  use(token: Bytes): void {
    this.#token = toBase64url(token);
  }

  /** What may be known before the passphrase. Rejects with `not-found`, `gone`, `expired`. */
  async standing(options: RequestOptions = {}): Promise<ShareStanding> {
    const answer = await this.#http.send({ method: "GET", path: this.#path, idempotent: true, timeout: SMALL_TIMEOUT, ...options });
    return validJson(ShareStanding, answer.body);
  }

  /** Not verified. Rejects with `wrong-passphrase`, `rate-limited`, `not-found`, `gone`, `expired`. */
  async manifest(options: RequestOptions = {}): Promise<ServedManifest> {
    const { body } = await this.#http.send({
      method: "GET",
      path: `${this.#path}/manifest`,
      headers: { "keyfold-share": this.#token },
      idempotent: true,
      timeout: PART_TIMEOUT,
      ...options,
    });
    try {
      return decodeServedManifest(body);
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  /** Takes a download, unless this object took it before. Rejects with `limit-reached` and what `manifest` does. */
  take(options: RequestOptions = {}): Promise<string> {
    if (this.#session !== null && performance.now() - this.#session.since < RENEW_AFTER) return this.#session.token;
    const token = this.#http
      .send({
        method: "POST",
        path: `${this.#path}/downloads`,
        headers: { ...JSON_BODY, "keyfold-share": this.#token },
        body: JSON.stringify({ take: this.#take }),
        idempotent: true,
        timeout: SMALL_TIMEOUT,
        ...options,
      })
      .then(({ body }) => validJson(ShareSession, body).token);
    const session = { token, since: performance.now() };
    this.#session = session;
    token.catch(() => {
      if (this.#session === session) this.#session = null;
    });
    return token;
  }

  // blobs, as transfers ask for them: sent once

  async hashes(blob: string, options: RequestOptions = {}): Promise<Bytes> {
    return (await this.#get(`/blobs/${blob}/hashes`, options)).body;
  }

  async getPart(blob: string, index: number, options: RequestOptions = {}): Promise<Bytes> {
    return (await this.#get(`/blobs/${blob}/parts/${index}`, options)).body;
  }

  async readBundle(parts: readonly (readonly [blob: string, index: number])[], options: RequestOptions = {}) {
    const body = JSON.stringify({ parts });
    const answer = await this.#read({ method: "POST", path: "/parts/read", headers: JSON_BODY, body, ...READING, ...options });
    try {
      return decodeReadBundle(answer.body);
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  #get(path: string, options: RequestOptions): Promise<HttpAnswer> {
    return this.#read({ method: "GET", path, ...READING, ...options });
  }

  /** With the download's token; one that is refused is replaced once. */
  async #read(request: HttpRequest): Promise<HttpAnswer> {
    for (let fresh = false; ; fresh = true) {
      // Shared by all who read: one of them who stops does not stop it for the others.
      const token = await this.take();
      const session = this.#session;
      try {
        const headers = { ...request.headers, "keyfold-token": token };
        return await this.#http.send({ ...request, path: this.#path + request.path, headers });
      } catch (error) {
        if (fresh || !(error instanceof Refusal && error.serverCode === "token-refused")) throw error;
        if (this.#session === session) this.#session = null;
      }
    }
  }
}

const READING = { idempotent: true, timeout: PART_TIMEOUT, attempts: 1 } as const;
