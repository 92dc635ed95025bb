/**
 * Lets the browser write to disk what the page decrypts: answers one request below the mount, for an address that only the frame knows, with
 * the bytes that come through a message port. Everything else goes to the network untouched.
 *
 * Nothing is kept, cached or logged. The file's name comes through the port's message and never stands in an address.
 *
 * @module
 */
import { type FromWorker, isSaveRequest, type SaveRequest, type ToFrame, type ToWorker } from "./messages.ts";

// TypeScript's types for workers exclude those for pages; these are the few members used here.
interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface ExtendableMessageEvent extends ExtendableEvent {
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
  readonly source: { postMessage(message: ToFrame): void } | null;
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Response | Promise<Response>): void;
}
interface WorkerScope {
  readonly registration: { readonly scope: string };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "message", listener: (event: ExtendableMessageEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
}
declare const self: WorkerScope;

/** Milliseconds without a sign of life from the page: it is gone, and the download fails rather than hangs. */
const SILENCE = 180_000;
/** Chunks asked for and not yet read: one travels while one is written. */
const AHEAD = 2;

const waiting = new Map<string, { request: SaveRequest; stream: ReadableStream<Uint8Array>; over: Promise<void> }>();

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));

self.addEventListener("message", (event) => {
  const [port] = event.ports;
  // A ping from the frame: that it came is all there is to it.
  if (port === undefined || !isSaveRequest(event.data)) return;
  const request = event.data;
  const { stream, over } = streamOf(port, request.size);
  waiting.set(request.id, { request, stream, over });
  event.source?.postMessage({ type: "keyfold:ready", id: request.id });
  void (async () => {
    await over;
    waiting.delete(request.id);
    event.source?.postMessage({ type: "keyfold:over", id: request.id });
  })();
});

self.addEventListener("fetch", (event) => {
  const id = new RegExp(`^${escaped(self.registration.scope)}save/([0-9a-f]{32})$`).exec(event.request.url)?.[1];
  const save = id === undefined ? undefined : waiting.get(id);
  if (id === undefined || save === undefined) return;
  // Once only: a second request for the same address finds nothing.
  waiting.delete(id);
  const { request, stream, over } = save;
  event.waitUntil(over);
  event.respondWith(
    new Response(stream, {
      headers: {
        "content-type": "application/octet-stream",
        "content-disposition": `attachment; filename*=UTF-8''${encoded(request.name)}`,
        "content-length": String(request.size),
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    }),
  );
});

/** A stream that asks the page for more as the browser writes, and fails whenever it would otherwise end short. */
function streamOf(port: MessagePort, size: number): { stream: ReadableStream<Uint8Array>; over: Promise<void> } {
  const over = Promise.withResolvers<void>();
  const tell = (message: FromWorker): void => port.postMessage(message);
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let asked = 0;
  let received = 0;
  let ended = false;
  let silence: ReturnType<typeof setTimeout>;

  const end = (): void => {
    ended = true;
    clearTimeout(silence);
    over.resolve();
  };
  const fail = (): void => {
    if (ended) return;
    end();
    controller.error(new Error("The download was stopped."));
  };
  const listen = (): void => {
    clearTimeout(silence);
    silence = setTimeout(fail, SILENCE);
  };

  port.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
    if (ended) return;
    listen();
    if (data.type === "chunk") {
      asked--;
      received += data.bytes.length;
      controller.enqueue(data.bytes);
      wakePull?.();
    } else if (data.type === "abort") fail();
    else if (data.type === "end") {
      // Fewer bytes than were announced: a file that looks whole must not be left.
      if (received !== size) return fail();
      end();
      controller.close();
      tell({ type: "finished" });
    }
  });
  port.start();
  listen();

  let wakePull: (() => void) | undefined;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      async pull() {
        for (; asked < AHEAD; asked++) tell({ type: "pull" });
        // Asked again by the stream itself once something came; until then there is nothing more to do.
        await new Promise<void>((resolve) => {
          wakePull = resolve;
          void over.promise.then(resolve);
        });
      },
      cancel() {
        if (ended) return;
        end();
        tell({ type: "cancel" });
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, over: over.promise };
}

/** RFC 8187: everything but letters, digits and a few marks is percent-encoded. */
function encoded(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
