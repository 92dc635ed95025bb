/**
 * Hands a stream to the browser's downloads.
 *
 * Where there are service workers, the browser writes to disk as the bytes come: a frame of the server's mount registers our worker (the host's
 * own is not touched), which answers a request below the mount with what a message port brings. The address holds a random id and nothing else.
 * Elsewhere (http:// on a LAN) the bytes are collected in a Blob, which browsers keep on disk, and saved when all are there.
 *
 * @module
 */
import { toHex } from "../crypto/encoding.ts";
import { KeyfoldError } from "../error.ts";

/** Milliseconds in which the frame and its worker must answer. */
const PATIENCE = 10_000;
/** Milliseconds between signs of life while the reader is slow. */
const PULSE = 10_000;

export interface SavedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** Where the bytes go. */
export interface Sink {
  /** Resolves when more may come. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when all was handed on. */
  close(): Promise<void>;
  /** The download fails visibly: no short file is left that looks whole. */
  abort(): void;
  /** Aborted when the person stops the download in the browser. */
  readonly cancelled: AbortSignal;
}

export type OpenSink = (server: string, file: SavedFile) => Promise<Sink>;

/** What travels over the port. The worker asks, the page answers. */
export type ToWorker =
  | { readonly type: "chunk"; readonly bytes: Uint8Array }
  | { readonly type: "end" }
  | { readonly type: "abort" }
  | { readonly type: "alive" };
export type FromWorker = { readonly type: "pull" | "cancel" | "finished" | "refused" };
/** What the page tells the frame, and the frame its worker, with the port. */
export interface SaveRequest {
  readonly type: "keyfold:save";
  /** Random, 32 hex digits: all that stands in the address. */
  readonly id: string;
  readonly name: string;
  readonly size: number;
}

/** The browser's downloads. Rejects with `invalid-argument` where there is no browser. */
export const openBrowserSink: OpenSink = async (server, file) => {
  if (typeof document === "undefined") {
    throw new KeyfoldError("invalid-argument", "Saving needs a browser. Read the stream instead.", { reason: "no-browser" });
  }
  // A mount on another site does not let itself be framed; there is no other way to reach a worker there.
  if (globalThis.isSecureContext && "serviceWorker" in navigator && new URL(server).origin === location.origin) {
    try {
      return await openWorkerSink(server, file);
    } catch {
      frames.set(server, null);
      // A host whose policy allows no frame, a browser that refuses workers here: the other way serves.
    }
  }
  return openBlobSink(file);
};

/** One frame for each mount, kept while the page lives. Null: it does not work here. */
const frames = new Map<string, Promise<Window> | null>();

function frameOf(server: string): Promise<Window> {
  let frame = frames.get(server);
  if (frame === null) return Promise.reject(noFrame());
  if (frame === undefined) {
    frame = new Promise<Window>((resolve, reject) => {
      const element = document.createElement("iframe");
      element.hidden = true;
      element.title = "";
      element.setAttribute("aria-hidden", "true");
      element.addEventListener("load", () => (element.contentWindow === null ? reject(noFrame()) : resolve(element.contentWindow)));
      element.src = `${server}/frame`;
      document.body.append(element);
    });
    frames.set(server, frame);
  }
  return frame;
}

function noFrame(): KeyfoldError {
  return new KeyfoldError("server-failed", "The page for downloads does not answer.", { reason: "frame" });
}

async function openWorkerSink(server: string, { name, size }: SavedFile): Promise<Sink> {
  const frame = await frameOf(server);
  const { port1: port, port2 } = new MessageChannel();
  const cancel = new AbortController();
  const pulls = new Pulls();
  const finished = Promise.withResolvers<void>();
  port.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (data.type === "pull") pulls.add();
    else if (data.type === "finished") finished.resolve();
    else if (data.type === "refused") pulls.fail(noFrame());
    else {
      cancel.abort(new KeyfoldError("cancelled", "Stopped in the browser's downloads."));
      pulls.end();
      finished.resolve();
    }
  };
  const send = (message: ToWorker, transfer: Transferable[] = []): void => port.postMessage(message, transfer);
  const id = toHex(crypto.getRandomValues(new Uint8Array(16)));
  const request: SaveRequest = { type: "keyfold:save", id, name, size };
  frame.postMessage(request, new URL(server).origin, [port2]);

  // The first pull says that the browser has begun to read.
  const late = setTimeout(() => pulls.fail(noFrame()), PATIENCE);
  try {
    await pulls.first();
  } catch (error) {
    send({ type: "abort" });
    throw error;
  } finally {
    clearTimeout(late);
  }
  const pulse = setInterval(() => send({ type: "alive" }), PULSE);
  const end = (): void => clearInterval(pulse);
  return {
    cancelled: cancel.signal,
    async write(bytes) {
      await pulls.take();
      if (cancel.signal.aborted) throw cancel.signal.reason;
      // Pieces may be views into one buffer: a copy is the worker's alone.
      const own = bytes.slice();
      send({ type: "chunk", bytes: own }, [own.buffer]);
    },
    async close() {
      send({ type: "end" });
      await finished.promise;
      end();
    },
    abort() {
      send({ type: "abort" });
      end();
    },
  };
}

/** What the worker asked for and did not get yet. */
class Pulls {
  #asked = 0;
  #began = Promise.withResolvers<void>();
  #waiting: (() => void) | null = null;

  add(): void {
    this.#asked++;
    this.#began.resolve();
    this.#wake();
  }

  /** Nothing is held back any more. */
  end(): void {
    this.#asked = Number.POSITIVE_INFINITY;
    this.#began.resolve();
    this.#wake();
  }

  fail(error: KeyfoldError): void {
    this.#began.reject(error);
  }

  first(): Promise<void> {
    return this.#began.promise;
  }

  async take(): Promise<void> {
    while (this.#asked === 0) await new Promise<void>((resolve) => (this.#waiting = resolve));
    this.#asked--;
  }

  #wake(): void {
    this.#waiting?.();
    this.#waiting = null;
  }
}

/** Collects, and saves at the end. Browsers keep large Blobs on disk. */
function openBlobSink({ name }: SavedFile): Sink {
  let parts: Blob[] = [];
  return {
    cancelled: new AbortController().signal,
    write(bytes) {
      parts.push(new Blob([bytes.slice()]));
      return Promise.resolve();
    },
    close() {
      const address = URL.createObjectURL(new Blob(parts, { type: "application/octet-stream" }));
      parts = [];
      const link = document.createElement("a");
      link.href = address;
      link.download = name;
      link.click();
      // The browser needs the address until it has begun to write.
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      return Promise.resolve();
    },
    abort() {
      parts = [];
    },
  };
}
