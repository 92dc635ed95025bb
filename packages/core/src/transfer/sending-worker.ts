/**
 * The script of the workers that `api/sender.ts` starts: reads and seals parts of files, sends requests and hands their answers back.
 *
 * @module
 */
import type { FromSender, PartToSeal, ToSender } from "../api/sender-message.ts";
import { aesSeal } from "../crypto/aes-gcm.ts";
import { letGo } from "../crypto/let-go.ts";
import type { Bytes } from "../crypto/provider.ts";
import { hasSubtle, sha256 } from "../crypto/verify.ts";
import { partSize } from "../protocol/geometry.ts";
import { partSealer } from "../seal/part-sealer.ts";
import { keyfoldSuite } from "../seal/stream.ts";

/** What of a worker's globals is used here; the compiler knows those of pages. */
interface WorkerScope {
  onmessage: ((event: { readonly data: ToSender }) => void) | null;
  onmessageerror: (() => void) | null;
  postMessage(message: FromSender, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const tell = (message: FromSender, transfer: Transferable[] = []): void => scope.postMessage(message, transfer);

const underWay = new Map<number, AbortController>();
/**
 * Sealed parts. Blobs: the browser's own process has them, each once, however often it is sent; and with developer tools open, Chromium sends a
 * buffer at a twentieth of the speed.
 */
const held = new Map<number, Blob>();
/** Ciphertext of parts that are Blobs by now makes room for the next. */
const spare: Bytes[] = [];

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

async function send({ url, method, headers, body }: Extract<ToSender, { body: unknown }>, signal: AbortSignal): Promise<Omit<Sent, "id">> {
  const sent = typeof body === "number" ? held.get(body) : new Blob([body]);
  if (sent === undefined) throw new RangeError("Not held.");
  const response = await fetch(url, { method, headers, body: sent, redirect: "error", signal });
  return { status: response.status, headers: [...response.headers], body: await bodyOf(response) };
}

/** Whether the browser has what is held: a Blob for which it found no room, in memory or on disk, comes to nothing, however often it is sent. */
async function isHeld(id: number): Promise<boolean> {
  try {
    return (await held.get(id)?.slice(0, 1).arrayBuffer()) !== undefined;
  } catch {
    return false;
  }
}

type Sent = Extract<FromSender, { status: unknown }>;

/** Content that was read, or why not. */
async function read(content: Blob): Promise<Bytes | "failed" | "short"> {
  try {
    const bytes = new Uint8Array(await content.arrayBuffer());
    return bytes.length === content.size ? bytes : "short";
  } catch {
    return "failed";
  }
}

async function seal(id: number, { content, part, sealing }: PartToSeal, signal: AbortSignal): Promise<FromSender> {
  const plaintext = await read(content);
  if (typeof plaintext === "string") return { id, unread: plaintext };
  const buffer = spare.pop() ?? new Uint8Array(partSize);
  const { bytes, hash } = await partSealer({ aesSeal, sha256 }, keyfoldSuite, sealing).sealPart(part, plaintext, buffer);
  letGo(plaintext);
  if (!signal.aborted) held.set(id, new Blob([bytes]));
  // Only now, and not where something failed: another segment may still be written to it.
  spare.push(buffer);
  return { id, hash };
}

async function answer(data: Exclude<ToSender, { end: true }>): Promise<void> {
  const { id } = data;
  const controller = new AbortController();
  underWay.set(id, controller);
  try {
    if ("seal" in data) {
      tell(await seal(id, data.seal, controller.signal));
    } else {
      const sent = await send(data, controller.signal);
      tell({ id, ...sent }, [sent.body]);
    }
  } catch {
    const isLost = "body" in data && typeof data.body === "number" && !(await isHeld(data.body));
    tell(isLost ? { id, lost: true } : { id, failed: true });
  } finally {
    underWay.delete(id);
  }
}

scope.onmessage = ({ data }) => {
  if (!("end" in data)) {
    void answer(data);
    return;
  }
  held.delete(data.id);
  underWay.get(data.id)?.abort();
  tell({ id: data.id, failed: true });
};
scope.onmessageerror = () => tell({ misheard: true });
tell({ ready: true, seals: hasSubtle() });
