/**
 * Large request bodies, sent by workers that are replaced again and again.
 *
 * A browser holds a request's body until its collector comes by, and the collector knows nothing of how large it is: a page that sent 1 GiB in parts of
 * 4 MiB had grown by 1 to 2 GiB (Chromium 150), in itself for buffers, in the browser's process for Blobs, of which it has room for a few
 * GiB until requests fail. What a worker holds goes with the worker. So each sends a few parts and is then ended.
 *
 * @module
 */
import { runsInNode } from "../crypto/let-go.ts";
import type { Bytes } from "../crypto/provider.ts";

/** Id of an exchange, and its request; or an id alone: to be given up. */
export type ToSender =
  | { readonly id: number; readonly url: string; readonly method: string; readonly headers: [string, string][]; readonly body: ArrayBuffer }
  | { readonly id: number };

export type FromSender =
  | { readonly ready: true }
  | { readonly id: number; readonly status: number; readonly headers: [string, string][]; readonly body: ArrayBuffer }
  | { readonly id: number; readonly failed: true };

/** Bytes that a worker sends before another takes its place: what stays in memory until then. */
const SENT_BY_ONE = 16 * 2 ** 20;
/** A worker that has nothing to do so long is ended, milliseconds. */
const IDLE = 5_000;
/** A script that says nothing in so long is not ours (a server that answers everything with something), or comes too late, milliseconds. */
const PATIENCE = 10_000;

export interface LargeRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly body: Bytes;
  /** Aborted with the caller, or when time is over. */
  readonly signal: AbortSignal;
}

/** Thrown where no worker can be started: the page sends by itself. */
export class NoWorker extends Error {}

interface Exchange {
  readonly resolve: (response: Response) => void;
  readonly reject: (reason: unknown) => void;
}

/** A Trusted Types policy that makes one URL: that of our own worker. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): URL };
}
let policy: ReturnType<TrustedTypes["createPolicy"]> | undefined;

/** The script beside this one. Both ways are written out: bundlers look for the second, and copy the script by it. */
function startWorker(): Worker {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (trustedTypes !== undefined) {
    const { href } = new URL("./sending-worker.js", import.meta.url);
    policy ??= trustedTypes.createPolicy("keyfold-sending", { createScriptURL: () => href });
    return new Worker(policy.createScriptURL(""), { type: "module", name: "keyfold-sending" });
  }
  return new Worker(new URL("./sending-worker.js", import.meta.url), { type: "module", name: "keyfold-sending" });
}

/** One worker. */
class Sender {
  readonly #worker: Worker;
  readonly #exchanges = new Map<number, Exchange>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #ended: () => void;
  #next = 0;
  #sent = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** Throws `NoWorker`. */
  constructor(ended: () => void) {
    this.#ended = ended;
    try {
      this.#worker = startWorker();
    } catch (cause) {
      // A script of another origin, or a policy that forbids workers.
      throw new NoWorker("No worker.", { cause });
    }
    const late = setTimeout(() => this.#fail(new NoWorker("The worker says nothing.")), PATIENCE);
    const settled = (): void => clearTimeout(late);
    this.#ready.promise.then(settled, settled);
    this.#worker.onmessage = ({ data }: MessageEvent<FromSender>) => this.#heard(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new NoWorker("The worker did not start, or ended."));
    };
  }

  /** Whether it has sent its share. */
  get spent(): boolean {
    return this.#sent >= SENT_BY_ONE;
  }

  async send(url: string, { method, headers, body, signal }: LargeRequest): Promise<Response> {
    this.#sent += body.length;
    clearTimeout(this.#idle);
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    promise.catch(() => undefined);
    this.#exchanges.set(id, { resolve, reject });
    const abort = (): void => {
      this.#post({ id });
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    try {
      // Called off, it does not wait for the worker.
      await Promise.race([this.#ready.promise, promise]);
      signal.throwIfAborted();
      // A copy: the caller's bytes stay his, to be sent again.
      const { buffer } = body.slice();
      this.#post({ id, url, method, headers: [...headers], body: buffer }, [buffer]);
      return await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#exchanges.delete(id);
      this.rest();
    }
  }

  /** Ends it once nothing is under way: at once when it is spent, else when nothing more comes for a while. */
  rest(): void {
    if (this.#exchanges.size > 0) return;
    if (this.spent) this.#end();
    else this.#idle = setTimeout(() => this.#end(), IDLE);
  }

  #post(message: ToSender, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #heard(data: FromSender): void {
    if ("ready" in data) {
      proven = true;
      this.#ready.resolve();
      return;
    }
    const exchange = this.#exchanges.get(data.id);
    if ("failed" in data) exchange?.reject(new TypeError("The request failed."));
    else exchange?.resolve(new Response(bodiless.has(data.status) ? null : data.body, data));
  }

  #fail(reason: NoWorker): void {
    this.#ready.reject(reason);
    for (const { reject } of this.#exchanges.values()) reject(reason);
    this.#end();
  }

  #end(): void {
    clearTimeout(this.#idle);
    this.#worker.terminate();
    this.#ended();
  }
}

/** Statuses that a `Response` with a body cannot have (Fetch, "null body status"). */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/** The one that takes the next request. */
let current: Sender | undefined;
/** None could be started: it is not tried for each request again. */
let impossible = typeof Worker === "undefined" || runsInNode;
/** One was started once. Then what fails is the network or that one worker, and the next request has another: a server that is away serves no script either. */
let proven = false;

/**
 * As `fetch`, for large bodies; the answer's body is small.
 *
 * Rejects with `NoWorker` where no worker can be started, or when one ended by itself: then nothing is known of the request, which is to be sent again
 * another way.
 */
export async function sendApart(url: string, request: LargeRequest): Promise<Response> {
  if (impossible) throw new NoWorker("No worker.");
  if (current === undefined || current.spent) {
    const mine: Sender = new Sender(() => {
      if (current === mine) current = undefined;
    });
    current = mine;
  }
  try {
    return await current.send(url, request);
  } catch (error) {
    if (error instanceof NoWorker && !proven) impossible = true;
    throw error;
  }
}
