/**
 * The requests by which two devices meet (docs/protocol.md, "Pairing").
 *
 * @module
 */
import { fromBase64url, toBase64url } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import { CreatedPairing, PairingGiven, PairingTaken, type MeetingState } from "../protocol/schema.ts";
import { validJson } from "./answer.ts";
import type { FolderApi } from "./client.ts";
import { SMALL_TIMEOUT, type Http, type HttpAnswer, type HttpRequest, type RequestOptions } from "./http.ts";

/** How the meeting stands; `seconds` until it is over. */
export interface MeetingSeen {
  readonly state: MeetingState;
  readonly seconds: number;
}
/** What the new device has left. */
export interface GivenSeen extends MeetingSeen {
  readonly key: Bytes | null;
}
/** What the device that has the key has left. */
export interface TakenSeen extends MeetingSeen {
  readonly nonce: Bytes | null;
  readonly sealed: Bytes | null;
}

type Exchange = (method: "GET" | "POST", path: string, body: object | undefined, options: RequestOptions) => Promise<HttpAnswer>;

function exchange(send: (request: HttpRequest) => Promise<HttpAnswer>, base: string, headers: Readonly<Record<string, string>>): Exchange {
  return async (method, path, body, options) => {
    try {
      return await send({
        method,
        path: base + path,
        headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // Each step may be taken again: the server knows it by its bytes.
        idempotent: true,
        timeout: SMALL_TIMEOUT,
        attempts: 1,
        ...options,
      });
    } catch (cause) {
      // Meetings are forgotten soon after they are over.
      if (isKeyfoldError(cause, "not-found")) throw new KeyfoldError("pairing-expired", "The code has expired. Show a new one.", { cause });
      throw cause;
    }
  };
}

/** For the device that has the key. */
export class GivenMeeting {
  readonly #pairId: string;
  readonly #exchange: Exchange;

  constructor(api: FolderApi, pairId: string) {
    this.#pairId = pairId;
    this.#exchange = exchange((request) => api.call(request), "/pairings", {});
  }

  /** Seconds until it is over. Rejects with `rate-limited` while the folder has too many. */
  async open(tokenHash: Bytes, options: RequestOptions = {}): Promise<number> {
    const { body } = await this.#exchange("POST", "", { pairing: this.#pairId, tokenHash: toBase64url(tokenHash) }, options);
    return validJson(CreatedPairing, body).seconds;
  }

  async look(options: RequestOptions = {}): Promise<GivenSeen> {
    const { state, seconds, key } = validJson(PairingGiven, (await this.#exchange("GET", `/${this.#pairId}`, undefined, options)).body);
    return { state, seconds, key: key === undefined ? null : fromBase64url(key, 32) };
  }

  async reveal(nonce: Bytes, options: RequestOptions = {}): Promise<void> {
    await this.#exchange("POST", `/${this.#pairId}/nonce`, { nonce: toBase64url(nonce) }, options);
  }

  async handOver(sealed: Bytes, options: RequestOptions = {}): Promise<void> {
    await this.#exchange("POST", `/${this.#pairId}/sealed`, { sealed: toBase64url(sealed) }, options);
  }

  async cancel(options: RequestOptions = {}): Promise<void> {
    await this.#exchange("POST", `/${this.#pairId}/cancel`, undefined, options);
  }
}

/** For the new device. */
export class TakenMeeting {
  readonly #exchange: Exchange;

  constructor(http: Http, pairId: string, token: Bytes) {
    this.#exchange = exchange((request) => http.send(request), `/v1/pairings/${pairId}`, { "keyfold-token": toBase64url(token) });
  }

  /** Rejects with `pairing-failed` (reason `pairing-taken`) where another device was here before. */
  async answer(key: Bytes, options: RequestOptions = {}): Promise<void> {
    await this.#exchange("POST", "/key", { key: toBase64url(key) }, options);
  }

  async look(options: RequestOptions = {}): Promise<TakenSeen> {
    const { state, seconds, nonce, sealed } = validJson(PairingTaken, (await this.#exchange("GET", "", undefined, options)).body);
    return {
      state,
      seconds,
      nonce: nonce === undefined ? null : fromBase64url(nonce, 32),
      sealed: sealed === undefined ? null : fromBase64url(sealed),
    };
  }

  async confirm(options: RequestOptions = {}): Promise<void> {
    await this.#exchange("POST", "/confirm", undefined, options);
  }

  async done(options: RequestOptions = {}): Promise<void> {
    await this.#exchange("POST", "/done", undefined, options);
  }

  async cancel(options: RequestOptions = {}): Promise<void> {
    await this.#exchange("POST", "/cancel", undefined, options);
  }
}
