/**
 * JSON as the log takes it: integers that every engine reads alike, text that has a UTF-8 form.
 *
 * @module
 */

import canonicalize from "canonicalize";
import { toUtf8 } from "../crypto/encoding.ts";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value is a JSON object (no array). */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Whether a parsed value holds only what the format allows, to any depth: integers from −(2^53−1) to 2^53−1, no lone surrogate in text or key.
 *
 * A loop, not a recursion: how deep a value nests is the writer's choice, how deep a stack goes is the engine's.
 */
export function isPlainJson(value: unknown): value is Json {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    switch (typeof next) {
      case "boolean":
        break;
      case "number":
        if (!Number.isSafeInteger(next)) return false;
        break;
      case "string":
        if (!next.isWellFormed()) return false;
        break;
      case "object":
        if (next === null) break;
        if (Array.isArray(next)) {
          for (const item of next) waiting.push(item);
        } else {
          // Parsed values have their own members only; an array of them for each object would be most of the work.
          for (const key in next) {
            if (!key.isWellFormed()) return false;
            const item: unknown = (next as Record<string, unknown>)[key];
            if (typeof item === "string" ? !item.isWellFormed() : typeof item === "number" ? !Number.isSafeInteger(item) : false)
              return false;
            if (typeof item === "object") waiting.push(item);
            else if (typeof item !== "string" && typeof item !== "number" && typeof item !== "boolean") return false;
          }
        }
        break;
      default:
        return false;
    }
  }
  return true;
}

/** The one written form of a value (RFC 8785). */
export function canonical(value: Json): string {
  return canonicalize(value) as string;
}

/** UTF-8 bytes of the canonical form. */
export function canonicalLength(value: Json): number {
  return toUtf8(canonical(value)).length;
}
