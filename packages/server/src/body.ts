/**
 * Request bodies, read up to a limit. `Content-Length` is believed only when it says too much.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import { fromUtf8, KeyfoldError, type Bytes } from "@keyfold/core/protocol";
import * as v from "valibot";
import { unfilled } from "./blobs/part-bytes.ts";
import { flowOf, withinSeconds } from "./body-time.ts";
import type { RequestContext } from "./context.ts";
import { Refusal } from "./refusal.ts";

/** JSON requests hold ids and numbers: at most 256 of them. */
const jsonLimit = 64 * 1024;

export interface ReadOptions {
  /** Is given each piece as it comes, while it is in the processor's cache: to hash it. */
  readonly each?: (piece: Uint8Array) => void;
  /** Where the body goes, at least `limit` bytes; what is returned is then the front of it. */
  readonly into?: Bytes;
}

/** The whole body. Throws `too-large` as soon as more than `limit` bytes are announced or have come. */
export async function readBody(c: RequestContext, limit: number, { each, into }: ReadOptions = {}): Promise<Bytes> {
  const text = c.req.header("content-length") ?? "";
  const announced = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (announced > limit) throw new Refusal("too-large");
  // What a host's middleware has read already, Hono keeps.
  if (c.req.raw.bodyUsed) {
    const kept = new Uint8Array(await c.req.arrayBuffer());
    if (kept.length > limit) throw new Refusal("too-large");
    each?.(kept);
    return kept;
  }
  const { raw } = c.req;
  const incoming = c.env?.incoming;
  if (incoming === undefined && raw.body === null) return new Uint8Array();

  let body = into ?? unfilled(Number.isNaN(announced) ? Math.min(limit, 64 * 1024) : announced);
  let length = 0;
  const take = (piece: Uint8Array): void => {
    if (length + piece.length > limit) throw new Refusal("too-large");
    if (length + piece.length > body.length) {
      const larger = unfilled(Math.min(limit, Math.max(2 * body.length, length + piece.length)));
      larger.set(body.subarray(0, length));
      body = larger;
    }
    body.set(piece, length);
    each?.(piece);
    length += piece.length;
  };
  await withinSeconds(c.get("bodySeconds"), (late) =>
    incoming === undefined ? flowOf(raw.body!, take, late) : flow(incoming, take, late),
  );
  if (length === body.length) return body;
  return into === undefined ? body.slice(0, length) : body.subarray(0, length);
}

/**
 * Frees the memory of a piece that was copied, at once. Each is a buffer of its own, and outside the collector's heap: of a large body that pile up
 * so many that it ran fifty times for 512 MiB, and took a quarter of the processor's time. A view of something larger is left alone.
 */
function letGo({ buffer, byteLength }: Uint8Array): void {
  if (byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/**
 * Gives each piece as it comes off the wire: an iterator would put together what has come meanwhile, another copy of all of it.
 *
 * Rejects with what `take` throws; the request stays as it is then, for destroyed it would take the connection with it before the answer has gone. A client that
 * went away in the middle (a page reloaded, an upload called off) made a request without an end, not a fault here: `malformed`.
 */
function flow(incoming: IncomingMessage, take: (piece: Uint8Array) => void, late: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const data = (piece: Uint8Array): void => {
    try {
      take(piece);
      letGo(piece);
    } catch (error) {
      over();
      incoming.pause();
      reject(error);
    }
  };
  const end = (): void => {
    over();
    resolve();
  };
  const gone = (cause?: unknown): void => {
    over();
    reject(new Refusal("malformed", { detail: "The body ended before its end.", cause }));
  };
  const slow = (): void => {
    over();
    incoming.pause();
    reject(late.reason);
  };
  const over = (): void => {
    late.removeEventListener("abort", slow);
    incoming.off("data", data).off("end", end).off("close", gone);
    // An error that comes later is nobody's, and would end the process.
    incoming.off("error", gone).on("error", () => undefined);
  };
  late.addEventListener("abort", slow);
  if (incoming.readableEnded) end();
  else if (incoming.destroyed) gone();
  else incoming.on("data", data).on("end", end).on("error", gone).on("close", gone);
  return promise;
}

/** The deepest that any request has is 4. */
const jsonDepth = 8;

/** Whether brackets, those in strings left out, stand more than so deep. One look at each character, whatever is sent. */
function isDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted && character === "\\") i++;
    else if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === "[" || character === "{") depth++;
    else if (character === "]" || character === "}") depth--;
    if (depth > jsonDepth) return true;
  }
  return false;
}

/**
 * A JSON body that fits the schema. Throws `malformed`, naming the field and never its value; also where it does not say that it is JSON: a form can be sent
 * by a page of any site, and cannot say so (Fetch, "CORS-safelisted request-header").
 */
export async function readJson<const Schema extends v.GenericSchema>(c: RequestContext, schema: Schema): Promise<v.InferOutput<Schema>> {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header("content-type") ?? "")) {
    throw new Refusal("malformed", { detail: "The body does not say that it is application/json." });
  }
  const text = fromUtf8(await readBody(c, jsonLimit));
  if (isDeep(text)) throw new Refusal("malformed", { detail: "The body is deeper than any request is." });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new KeyfoldError("malformed", "The body is not JSON.", { cause });
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const field = v.getDotPath(result.issues[0]) ?? "body";
  throw new Refusal("malformed", {
    detail: `The field ${/^[\w.]{1,64}$/.test(field) ? field : "in the body"} is missing or not as it should be.`,
  });
}

/** A header that is a whole number. Throws `malformed`. */
export function numberHeader(c: RequestContext, name: string): number {
  const text = c.req.header(name) ?? "";
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new Refusal("malformed", { detail: `The header ${name} is missing or not a number.` });
  return value;
}
