/** From an answer's bytes to a value of a known shape; anything else is `server-failed`: a proxy's page, a newer server, a broken one. */
import * as v from "valibot";
import { fromUtf8 } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";

export function validJson<Schema extends v.GenericSchema>(schema: Schema, body: Bytes): v.InferOutput<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(body));
  } catch (cause) {
    throw unreadable(cause);
  }
  const result = v.safeParse(schema, value);
  if (!result.success) throw unreadable(new v.ValiError(result.issues));
  return result.output;
}

/** A header that must be an integer of 0 to 2^53 - 1. */
export function integerHeader(headers: Headers, name: string): number {
  const text = headers.get(name) ?? "";
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(Number(text))) throw unreadable(undefined);
  return Number(text);
}

export function unreadable(cause: unknown): KeyfoldError {
  return new KeyfoldError("server-failed", "The server's answer could not be read.", { cause, reason: "answer" });
}
