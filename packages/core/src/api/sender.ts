/**
 * One worker that reads, seals and sends, as the page sees it.
 *
 * @module
 */
import type { Bytes } from "../crypto/provider.ts";
import { type FromSender, NoWorker, type PartToSeal, type ToSender, Unread } from "./sender-message.ts";

/** Bytes that a worker takes on before another takes its place: what stays in memory until then. */
const SHARE = 16 * 2 ** 20;
/** A worker that has nothing to do so long is ended, milliseconds. */
const IDLE = 5_000;
/** A script that says nothing in so long is not ours (a server that answers everything with something), or comes too late; or it is gone. Milliseconds. */
const PATIENCE = 10_000;
/** The page reads and seals a part itself that a worker has not in so long: a disk may be slow, milliseconds. */
const SEALING_PATIENCE = 60_000;

export interface SentRequest {
  readonly method: string;
  readonly headers: Headers;
  /** Aborted with the caller, or when time is over. */
  readonly signal: AbortSignal;
}

export interface LargeRequest extends SentRequest {
  readonly body: Bytes;
}

/** A part that a worker has read and sealed. It is held there, to be sent, until it is let go of; each must be. */
export interface HeldPart {
  /** Bytes. */
  readonly length: number;
  /** SHA-256, as the worker says. */
  readonly hash: Bytes;
  /** As `fetch`, as often as wanted. Rejects with `NoWorker` when the worker has ended, and the part with it, or has lost it. */
  send(url: string, request: SentRequest): Promise<Response>;
  letGo(): void;
}

type Answer = Exclude<FromSender, { readonly ready: true } | { readonly misheard: true }>;

interface Exchange {
  readonly resolve: (answer: Answer) => void;
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

export interface SenderEvents {
  /** The script came, and is ours. */
  readonly proven: () => void;
  /** It cannot seal, as will no other one. */
  readonly unfit: () => void;
  readonly ended: () => void;
}

export class Sender {
  readonly #worker: Worker;
  readonly #events: SenderEvents;
  readonly #exchanges = new Map<number, Exchange>();
  readonly #held = new Set<number>();
  readonly #ready = Promise.withResolvers<void>();
  #seals = false;
  #over = false;
  #next = 0;
  #taken = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  /** Runs while the worker has something to say. */
  #late: ReturnType<typeof setTimeout> | undefined;

  /** Throws `NoWorker`. */
  constructor(events: SenderEvents) {
    this.#events = events;
    try {
      this.#worker = startWorker();
    } catch (cause) {
      // A script of another origin, or a policy that forbids workers.
      throw new NoWorker("No worker.", { cause });
    }
    this.#ready.promise.catch(() => undefined);
    this.#worker.onmessage = ({ data }: MessageEvent<FromSender>) => this.#heard(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail("The worker did not start, or ended.");
    };
    this.#expectWord();
  }

  /** Whether it has taken on its share. */
  get spent(): boolean {
    return this.#taken >= SHARE;
  }

  async send(url: string, { method, headers, body, signal }: LargeRequest): Promise<Response> {
    this.#taken += body.length;
    const answer = await this.#exchange(signal, (id) => {
      // A copy: the caller's bytes stay his, to be sent again.
      const { buffer } = body.slice();
      this.#post({ id, url, method, headers: [...headers], body: buffer }, [buffer]);
    });
    return responseOf(answer);
  }

  /** Rejects with `NoWorker` and `Unread`. */
  async seal(seal: PartToSeal, signal: AbortSignal): Promise<HeldPart> {
    this.#taken += seal.length;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new NoWorker("The worker did not seal.")), SEALING_PATIENCE);
    let held = -1;
    try {
      const answer = await this.#exchange(AbortSignal.any([signal, late.signal]), (id) => {
        if (!this.#seals) throw this.#unfit();
        try {
          this.#post({ id, seal });
        } catch (cause) {
          throw this.#unfit(cause);
        }
        held = id;
        this.#held.add(id);
      });
      if ("unread" in answer) throw new Unread(answer.unread === "short");
      if (!("hash" in answer)) throw new NoWorker("The worker could not seal.");
      return {
        length: seal.length,
        hash: answer.hash,
        send: (url, request) => this.#sendHeld(held, url, request),
        letGo: () => this.#letGo(held),
      };
    } catch (error) {
      this.#letGo(held);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #sendHeld(held: number, url: string, { method, headers, signal }: SentRequest): Promise<Response> {
    return responseOf(await this.#exchange(signal, (id) => this.#post({ id, url, method, headers: [...headers], body: held })));
  }

  #letGo(held: number): void {
    if (!this.#held.delete(held) || this.#over) return;
    this.#giveUp(held);
    this.#rest();
  }

  /** It answers at once, if it lives. */
  #giveUp(id: number): void {
    this.#post({ id, end: true });
    this.#expectWord();
  }

  /** Begins when the worker is there. */
  async #exchange(signal: AbortSignal, begin: (id: number) => void): Promise<Answer> {
    signal.throwIfAborted();
    if (this.#over) throw new NoWorker("The worker has ended.");
    clearTimeout(this.#idle);
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    promise.catch(() => undefined);
    this.#exchanges.set(id, { resolve, reject });
    let begun = false;
    const abort = (): void => {
      reject(signal.reason);
      if (begun && !this.#over) this.#giveUp(id);
    };
    signal.addEventListener("abort", abort, { once: true });
    try {
      // Called off, it does not wait for the worker.
      await Promise.race([this.#ready.promise, promise]);
      signal.throwIfAborted();
      begin(id);
      begun = true;
      return await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#exchanges.delete(id);
      this.#rest();
    }
  }

  /** Ends it once nothing is under way or held: at once when it is spent, else when nothing more comes for a while. */
  #rest(): void {
    if (this.#over || this.#exchanges.size > 0 || this.#held.size > 0) return;
    clearTimeout(this.#idle);
    if (this.spent) this.#end();
    else this.#idle = setTimeout(() => this.#end(), IDLE);
  }

  #post(message: ToSender, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #heard(data: FromSender): void {
    clearTimeout(this.#late);
    this.#late = undefined;
    if ("ready" in data) {
      this.#events.proven();
      this.#seals = data.seals;
      this.#ready.resolve();
    } else if ("misheard" in data) {
      this.#unfit();
      this.#fail("A message did not arrive.");
    } else {
      this.#exchanges.get(data.id)?.resolve(data);
    }
  }

  /** It must say something soon: that it is there, or that something was given up. */
  #expectWord(): void {
    this.#late ??= setTimeout(() => this.#fail("The worker says nothing."), PATIENCE);
  }

  #unfit(cause?: unknown): NoWorker {
    this.#events.unfit();
    return new NoWorker("The worker cannot seal.", { cause });
  }

  #fail(why: string): void {
    if (this.#over) return;
    const reason = new NoWorker(why);
    this.#ready.reject(reason);
    for (const { reject } of this.#exchanges.values()) reject(reason);
    this.#end();
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#idle);
    clearTimeout(this.#late);
    this.#worker.terminate();
    this.#events.ended();
  }
}

/** Statuses that a `Response` with a body cannot have (Fetch, "null body status"). */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

function responseOf(answer: Answer): Response {
  if ("lost" in answer) throw new NoWorker("The worker does not hold the part.");
  if (!("status" in answer)) throw new TypeError("The request failed.");
  return new Response(bodiless.has(answer.status) ? null : answer.body, answer);
}
