/**
 * Where the primitives on noble run: in a worker where one can be started, else in place with pauses for the page.
 *
 * @module
 */
import { KeyfoldError } from "../error.ts";
import type { Primitive, Primitives, Run } from "./noble-primitives.ts";

/** What travels to the worker and back. Buffers are transferred both ways; the caller's own are copied first, since they stay the caller's. */
export interface ToNobleWorker {
  readonly id: number;
  readonly primitive: Primitive;
  readonly given: readonly unknown[];
}
export type FromNobleWorker =
  | { readonly ready: true }
  | { readonly id: number; readonly result: Uint8Array<ArrayBuffer> | boolean | null }
  | { readonly id: number; readonly failure: string };

/** Bytes from which a job counts as large: small ones overtake those, so that a signature does not wait for a file. */
const LARGE = 64 * 1024;
/** Jobs in the worker at a time: one is worked on, one waits there. Segments are 1 MiB, so copies under way stay below 10 MiB. */
const ABREAST = 2;

interface Job {
  readonly primitive: Primitive;
  readonly given: readonly unknown[];
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

function isLarge(given: readonly unknown[]): boolean {
  return given.some((each) => each instanceof Uint8Array && each.length >= LARGE);
}

function broken(cause: unknown): KeyfoldError {
  return new KeyfoldError("invalid-argument", "A primitive was given what it does not take.", { cause });
}

/** Jobs in their order, small ones before large ones. */
class Queue {
  readonly #small: Job[] = [];
  readonly #large: Job[] = [];

  add(job: Job): void {
    (isLarge(job.given) ? this.#large : this.#small).push(job);
  }

  next(): Job | undefined {
    return this.#small.shift() ?? this.#large.shift();
  }
}

/** Runs in the worker. The worker has said that it is ready. */
export function inWorker(worker: Worker): Run {
  const waiting = new Queue();
  const sent = new Map<number, Job>();
  let last = 0;

  const pump = (): void => {
    while (sent.size < ABREAST) {
      const job = waiting.next();
      if (job === undefined) return;
      const id = ++last;
      sent.set(id, job);
      // A view would be cloned with all of its buffer.
      const given = job.given.map((each) => (each instanceof Uint8Array ? each.slice() : each));
      const message: ToNobleWorker = { id, primitive: job.primitive, given };
      worker.postMessage(
        message,
        given.flatMap((each) => (each instanceof Uint8Array ? [each.buffer as ArrayBuffer] : [])),
      );
    }
  };

  worker.addEventListener("message", ({ data }: MessageEvent<FromNobleWorker>) => {
    if ("ready" in data) return;
    const job = sent.get(data.id);
    sent.delete(data.id);
    pump();
    if ("failure" in data) job?.reject(broken(new Error(data.failure)));
    else job?.resolve(data.result as never);
  });

  return <P extends Primitive>(primitive: P, ...given: Parameters<Primitives[P]>) =>
    new Promise<ReturnType<Primitives[P]>>((resolve, reject) => {
      waiting.add({ primitive, given, resolve, reject });
      pump();
    });
}

/** Runs here. Large jobs let the page have its turn before each of them; none takes longer than its own bytes. */
export async function inPlace(): Promise<Run> {
  const { primitives } = await import("./noble-primitives.ts");
  const run = <P extends Primitive>(primitive: P, given: Parameters<Primitives[P]>): ReturnType<Primitives[P]> => {
    try {
      return (primitives[primitive] as (...given: Parameters<Primitives[P]>) => ReturnType<Primitives[P]>)(...given);
    } catch (cause) {
      throw broken(cause);
    }
  };
  let turn: Promise<void> = Promise.resolve();
  return async (primitive, ...given) => {
    if (isLarge(given)) await (turn = turn.then(pause));
    return run(primitive, given);
  };
}

/** Until events that wait have been handled. A timer would be held back to 4 ms, and to a second in the background. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** A Trusted Types policy that makes one URL: that of our own worker. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown };
}

/** Milliseconds in which the worker must have been loaded: on a slow network it comes later than the page has patience for, then the page does it itself. */
const PATIENCE = 15_000;

/** The worker beside this script, once it answers. Null where none can be started: not a browser, a policy against it, a bundle that left it out. */
async function startWorker(): Promise<Worker | null> {
  if (typeof Worker === "undefined") return null;
  let worker: Worker | undefined;
  try {
    const url = new URL("./noble-worker.js", import.meta.url).href;
    const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("keyfold-crypto", {
      createScriptURL: () => url,
    });
    const started = new Worker((policy?.createScriptURL("") ?? url) as string, { type: "module", name: "keyfold-crypto" });
    worker = started;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("late")), PATIENCE);
      const settled = (settle: () => void) => () => {
        clearTimeout(late);
        settle();
      };
      started.addEventListener("message", settled(resolve), { once: true });
      started.addEventListener(
        "error",
        settled(() => reject(new Error("not loaded"))),
        { once: true },
      );
    });
    return started;
  } catch {
    worker?.terminate();
    return null;
  }
}

/** In a worker, or in place. */
export async function startRunner(): Promise<Run> {
  const worker = await startWorker();
  return worker === null ? inPlace() : inWorker(worker);
}
