/**
 * One HTTP request after another: the host's headers, timeouts, cancelling, and sending again what may be sent again.
 *
 * Knows no folder and no token; `session.ts` and `client.ts` stand on it.
 *
 * @module
 */
import { runsInNode } from "../crypto/let-go.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { backoffDelay, cancelled, REQUEST_BACKOFF, wait, type Backoff } from "./backoff.ts";
import { bodyOf, LARGEST_ANSWER } from "./body.ts";
import { refusalOf, Refusal } from "./refusal.ts";
import type { HeldPart } from "./sender.ts";
import { NoWorker, type PartToSeal } from "./sender-message.ts";
import { sealApart, sendApart } from "./sending.ts";

export interface RequestOptions {
  signal?: AbortSignal | undefined;
  /** How often a request that may be repeated is sent at most. Default 4; 1 leaves waiting to the caller. */
  attempts?: number | undefined;
}

export interface HttpRequest extends RequestOptions {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the base URL, with a slash at its front. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Bytes | string | HeldPart;
  /** May be sent again after a fault (RFC 9110, 9.2.2). */
  readonly idempotent: boolean;
  /** Milliseconds for the whole exchange, body included. */
  readonly timeout: number;
  /** Statuses besides 2xx that the caller deals with himself. */
  readonly accept?: readonly number[];
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Bytes;
}

export interface HttpOptions {
  /** Absolute, no slash at its end. */
  readonly server: string;
  readonly fetch?: typeof fetch | undefined;
  readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | undefined;
  readonly backoff?: Backoff | undefined;
  /** As `Http.onReached`. */
  readonly reached?: ((reached: boolean) => void) | undefined;
}

/** Milliseconds. A part of 4 MiB takes over two minutes at 256 kbit/s. */
export const SMALL_TIMEOUT = 30_000;
export const PART_TIMEOUT = 300_000;

/** Bytes from which a browser's request body is a Blob. */
const BLOB_BODY = 16_384;
/** Bytes from which a request is sent by a worker. */
const LARGE_BODY = 2 ** 20;

export class Http {
  readonly server: string;
  readonly #fetch: typeof fetch;
  readonly #ownFetch: boolean;
  readonly #headers: HttpOptions["headers"];
  readonly #backoff: Backoff;
  /** Told of each exchange whether the server was reached. */
  onReached: (reached: boolean) => void;

  constructor(options: HttpOptions) {
    this.server = options.server;
    // Called as a method of another object, the browser's own fetch throws "Illegal invocation".
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#ownFetch = options.fetch !== undefined;
    this.#headers = options.headers;
    this.#backoff = options.backoff ?? REQUEST_BACKOFF;
    this.onReached = options.reached ?? (() => undefined);
  }

  /**
   * Resolves for 2xx and the accepted statuses.
   * Rejects with `offline`, `server-failed`, `cancelled`, or what the server's code means (`Refusal`); with `NoWorker` when a part that a worker held is
   * lost with it.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const attempts = request.idempotent ? Math.max(1, request.attempts ?? 4) : 1;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(request);
      } catch (error) {
        if (attempt >= attempts || !mayRepeat(error)) throw error;
        const asked = error instanceof KeyfoldError ? error.retryAfter : undefined;
        // A server that asks for a minute is not kept in a request: the caller hears `retryAfter` and decides.
        if (asked !== undefined && asked * 1000 > 2 * this.#backoff.cap) throw error;
        await wait(Math.max((asked ?? 0) * 1000, backoffDelay(attempt, this.#backoff)), request.signal);
      }
    }
  }

  /**
   * Has a worker read and seal a part, and hold it to be sent. Rejects with `NoWorker` where that cannot be: the caller does it, and sends bytes; with
   * `Unread`, `cancelled`.
   */
  async sealApart(part: PartToSeal, signal: AbortSignal): Promise<HeldPart> {
    // A host's own `fetch` sees every request.
    if (this.#ownFetch) throw new NoWorker("The host sends.");
    try {
      return await sealApart(part, signal);
    } catch (error) {
      throw signal.aborted ? cancelled(signal) : error;
    }
  }

  async #once(request: HttpRequest): Promise<HttpAnswer> {
    const { signal } = request;
    if (signal?.aborted) throw cancelled(signal);
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), request.timeout);
    const abort = (): void => timeout.abort();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const headers = new Headers(typeof this.#headers === "function" ? await this.#headers() : this.#headers);
      for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value);
      const response = await this.#exchange(request, headers, timeout.signal);
      this.onReached(true);
      if (!response.ok && !(request.accept ?? []).includes(response.status)) throw await refusalOf(response);
      return { status: response.status, headers: response.headers, body: await bodyOf(response, LARGEST_ANSWER) };
    } catch (error) {
      if (signal?.aborted) throw cancelled(signal);
      if (error instanceof KeyfoldError || error instanceof NoWorker) throw error;
      this.onReached(false);
      const reason = timeout.signal.aborted ? "timeout" : "network";
      throw new KeyfoldError("offline", "The server was not reached.", { cause: error, reason });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  async #exchange({ method, path, body }: HttpRequest, headers: Headers, signal: AbortSignal): Promise<Response> {
    const url = this.server + path;
    if (typeof body === "object" && "letGo" in body) return body.send(url, { method, headers, signal });
    // A host's own `fetch` sees every request.
    if (!this.#ownFetch && typeof body === "object" && body.length >= LARGE_BODY) {
      try {
        return await sendApart(url, { method, headers, body, signal });
      } catch (error) {
        if (!(error instanceof NoWorker)) throw error;
      }
    }
    return this.#fetch(url, { method, headers, signal, redirect: "error", ...(body === undefined ? {} : { body: sentBody(body) }) });
  }
}

/**
 * With developer tools open, or driven by a test, Chromium sends a body that is a buffer at about 5 MiB/s, and the same bytes as a Blob twenty times as
 * fast. Node's fetch takes a buffer as it is.
 */
function sentBody(body: Bytes | string): Bytes | string | Blob {
  return typeof body === "string" || body.length < BLOB_BODY || runsInNode ? body : new Blob([body]);
}

function mayRepeat(error: unknown): boolean {
  if (error instanceof Refusal) return error.again;
  return error instanceof KeyfoldError && error.code === "offline";
}
