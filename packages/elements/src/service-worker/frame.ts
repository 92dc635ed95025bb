/**
 * A page of the mount that stands hidden in the host's: registers the worker for the mount alone, hands it what is to be saved, and asks the
 * browser for the address that the worker answers.
 *
 * @module
 */
import { type FromWorker, isSaveRequest, type SaveRequest, type ToFrame } from "./messages.ts";

/** Milliseconds between pings: browsers end a worker that hears nothing for half a minute. */
const PING = 10_000;

/** Trusted Types (https://w3c.github.io/trusted-types/): the worker's address is the only one that this page ever makes into a script's. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

const downloads = new Map<string, HTMLIFrameElement | null>();
let pinging: ReturnType<typeof setInterval> | undefined;

function workerAddress(): string {
  const address = new URL("keyfold-service-worker.js", document.baseURI).href;
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) return address;
  const policy = trustedTypes.createPolicy("keyfold-service-worker", {
    createScriptURL: (url) => {
      if (url !== address) throw new TypeError("Not the worker's address.");
      return url;
    },
  });
  return policy.createScriptURL(address);
}

/** The worker, once it is at work. */
const worker: Promise<ServiceWorker> = (async () => {
  const registration = await navigator.serviceWorker.register(workerAddress(), { scope: "./", updateViaCache: "none" });
  const coming = registration.installing ?? registration.waiting;
  if (registration.active !== null && coming === null) return registration.active;
  return new Promise<ServiceWorker>((resolve, reject) => {
    const look = (): void => {
      if (registration.active !== null) resolve(registration.active);
      else if (coming?.state === "redundant") reject(new Error("The worker could not be installed."));
    };
    coming?.addEventListener("statechange", look);
    look();
  });
})();
worker.catch(() => undefined);

async function save(request: SaveRequest, port: MessagePort): Promise<void> {
  const active = await worker;
  downloads.set(request.id, null);
  active.postMessage(request, [port]);
  pinging ??= setInterval(() => active.postMessage({ type: "keyfold:ping" }, []), PING);
}

window.addEventListener("message", ({ data, ports, source }: MessageEvent<unknown>) => {
  // Only the page that this frame stands in, and only of this origin: `frame-ancestors` says the same to the browser.
  if (source !== window.parent || ports[0] === undefined || !isSaveRequest(data)) return;
  void save(data, ports[0]).catch(() => ports[0]?.postMessage({ type: "refused" } satisfies FromWorker));
});

navigator.serviceWorker.addEventListener("message", ({ data }: MessageEvent<ToFrame>) => {
  const { type, id } = data;
  if (type === "keyfold:ready" && downloads.get(id) === null) {
    const download = document.createElement("iframe");
    download.hidden = true;
    download.src = new URL(`save/${id}`, document.baseURI).href;
    downloads.set(id, download);
    document.body.append(download);
  } else if (type === "keyfold:over") {
    downloads.get(id)?.remove();
    downloads.delete(id);
    if (downloads.size > 0) return;
    clearInterval(pinging);
    pinging = undefined;
  }
});
navigator.serviceWorker.startMessages();
