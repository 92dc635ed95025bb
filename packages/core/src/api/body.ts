/** Reading an answer's body without trusting its length: a server may send for ever, or a megabyte that unzips to a terabyte. */
import { letGo } from "../crypto/let-go.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { largestPartCount } from "../protocol/geometry.ts";

/** Bytes of the longest answer that there is: the part hashes of the largest blob. Parts, bundles and pages of the log have half as many. */
export const LARGEST_ANSWER = 32 * largestPartCount;
/** Bytes of a problem document, with 90 ids in it and room to spare. */
export const LARGEST_PROBLEM = 65_536;

/** The whole body. Throws `server-failed` (reason `answer`) when it has more than `limit` bytes; the rest is not fetched then. */
export async function bodyOf(response: Response, limit: number): Promise<Bytes> {
  const told = response.headers.get("content-length");
  if (told !== null && Number(told) > limit) {
    await response.body?.cancel();
    throw tooLong();
  }
  if (response.body === null || isExactly(response, told)) {
    const body = new Uint8Array(await response.arrayBuffer());
    if (body.length > limit) throw tooLong();
    return body;
  }
  const reader = response.body.getReader();
  const chunks: Bytes[] = [];
  let length = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > limit) {
      await reader.cancel().catch(() => undefined);
      throw tooLong();
    }
    chunks.push(read.value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
    letGo(chunk);
  }
  return body;
}

/**
 * Whether the network itself ends the body at the length that was told (RFC 9112, 6.3): then it is read in one piece, which is faster. Not where an
 * encoding stands between them, nor where it might and another origin's headers hide it.
 */
function isExactly({ type, headers }: Response, told: string | null): boolean {
  return told !== null && /^\d+$/.test(told) && type === "basic" && !headers.has("content-encoding");
}

function tooLong(): KeyfoldError {
  return new KeyfoldError("server-failed", "The server's answer is longer than any answer is.", { reason: "answer" });
}
