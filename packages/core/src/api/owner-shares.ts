/** Shares, for who owns the folder: requests with the folder's token (docs/protocol.md, "Shares"). */
import type { Bytes } from "../crypto/provider.ts";
import { decodeServedManifest, encodePublication, idsIn, type ServedManifest, type SharePublication } from "../protocol/share.ts";
import { OwnedShares, Published, type OwnedShare } from "../protocol/share-schema.ts";
import { unreadable, validJson } from "./answer.ts";
import { PART_TIMEOUT, SMALL_TIMEOUT, type HttpAnswer, type HttpRequest, type RequestOptions } from "./http.ts";

export class OwnerShares {
  /** Below the folder's path, with its token. */
  readonly #send: (request: HttpRequest) => Promise<HttpAnswer>;

  constructor(send: (request: HttpRequest) => Promise<HttpAnswer>) {
    this.#send = send;
  }

  /** Every share of the present epoch that the server has. */
  async list(options: RequestOptions = {}): Promise<readonly OwnedShare[]> {
    return validJson(OwnedShares, (await this.#get("/shares", options)).body).shares;
  }

  /**
   * Puts a version in the place of the one before it; the same again is no fault. Rejects with `conflict` (reason `share-newer`) where another one came
   * first, `gone`, `expired`, `too-large`.
   */
  async publish(share: string, publication: SharePublication, options: RequestOptions = {}): Promise<number> {
    const answer = await this.#send({
      method: "PUT",
      path: `/shares/${share}`,
      headers: { "content-type": "application/octet-stream" },
      body: encodePublication(publication),
      idempotent: true,
      timeout: PART_TIMEOUT,
      ...options,
    });
    return validJson(Published, answer.body).version;
  }

  /** As whoever opens it is given it; not verified. Rejects with `not-found`, `gone`. */
  async manifest(share: string, options: RequestOptions = {}): Promise<ServedManifest> {
    return read((await this.#get(`/shares/${share}/manifest`, options)).body, decodeServedManifest);
  }

  /** Every blob that any version of it listed, hex. Rejects with `not-found`, `gone`. */
  async blobs(share: string, options: RequestOptions = {}): Promise<string[]> {
    return read((await this.#get(`/shares/${share}/blobs`, options)).body, idsIn);
  }

  /** Takes it back; again is no fault. */
  async revoke(share: string, options: RequestOptions = {}): Promise<void> {
    await this.#send({ method: "DELETE", path: `/shares/${share}`, idempotent: true, timeout: SMALL_TIMEOUT, ...options });
  }

  #get(path: string, options: RequestOptions): Promise<HttpAnswer> {
    return this.#send({ method: "GET", path, idempotent: true, timeout: PART_TIMEOUT, ...options });
  }
}

function read<T>(body: Bytes, decode: (body: Bytes) => T): T {
  try {
    return decode(body);
  } catch (cause) {
    throw unreadable(cause);
  }
}
