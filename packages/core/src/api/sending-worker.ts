/**
 * The script of the workers that `sending.ts` starts: sends requests and hands their answers back.
 *
 * @module
 */
import type { ToSender, FromSender } from "./sending.ts";

/** What of a worker's globals is used here; the compiler knows those of pages. */
interface WorkerScope {
  onmessage: ((event: { readonly data: ToSender }) => void) | null;
  postMessage(message: FromSender, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const underWay = new Map<number, AbortController>();

/** Bytes of an answer to something large that was sent, at most; what says more is no answer, and is not read to its end. */
const LARGEST = 2 ** 21;

/** As `body.ts`, which this script, alone in its file, does not import. */
async function bodyOf(response: Response): Promise<ArrayBuffer> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    length += read.value.length;
    if (length > LARGEST) {
      await reader?.cancel();
      throw new RangeError("Too long an answer.");
    }
    chunks.push(read.value);
  }
  return new Blob(chunks).arrayBuffer();
}

async function send({ id, url, method, headers, body }: Extract<ToSender, { body: unknown }>): Promise<void> {
  const controller = new AbortController();
  underWay.set(id, controller);
  try {
    // As a Blob: with developer tools open, Chromium sends a buffer at a twentieth of the speed.
    const response = await fetch(url, { method, headers, body: new Blob([body]), redirect: "error", signal: controller.signal });
    const answer = await bodyOf(response);
    scope.postMessage({ id, status: response.status, headers: [...response.headers], body: answer }, [answer]);
  } catch {
    scope.postMessage({ id, failed: true }, []);
  } finally {
    underWay.delete(id);
  }
}

scope.onmessage = ({ data }) => {
  if ("body" in data) void send(data);
  else underWay.get(data.id)?.abort();
};
scope.postMessage({ ready: true }, []);
