/**
 * Damage to what a decoder reads: bits flipped, lengths that lie, pieces cut out, doubled, or taken from another input; JSON with the wrong thing in the
 * right place.
 *
 * @module
 */
import * as fc from "fast-check";
import type { Bytes } from "../../src/crypto/provider.ts";

/** What decoders are given at most: damage does not grow without end. */
const LONGEST = 1 << 17;

const place = fc.nat({ max: 0xffff });

export type Damage =
  | { readonly kind: "flip" | "truncate"; readonly at: number }
  | { readonly kind: "set"; readonly at: number; readonly value: number }
  | { readonly kind: "number"; readonly at: number; readonly value: number }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "remove" | "repeat"; readonly at: number; readonly length: number }
  | { readonly kind: "splice"; readonly at: number; readonly from: number; readonly length: number; readonly other: number };

const numbers = fc.constantFrom(0, 1, 2, 0x7f, 0xff, 0x100, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff);

const oneDamage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("flip" as const, "truncate" as const), at: fc.nat({ max: 0x7ffff }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("set" as const), at: place, value: fc.nat({ max: 255 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("number" as const), at: place, value: numbers }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("insert" as const), at: place, bytes: fc.uint8Array({ maxLength: 40 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("remove" as const, "repeat" as const), at: place, length: fc.nat({ max: 300 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("splice" as const),
      at: place,
      from: place,
      length: fc.nat({ max: 300 }),
      other: fc.nat({ max: 15 }),
    }),
  },
);

/** None now and then: the good input itself. */
export const damage: fc.Arbitrary<readonly Damage[]> = fc.array(oneDamage, { maxLength: 5 });

/** `others`: inputs that pieces are taken from. */
export function damaged(bytes: Uint8Array, how: readonly Damage[], others: readonly Uint8Array[] = [bytes]): Bytes {
  let now: Bytes = Uint8Array.from(bytes);
  for (const one of how) now = once(now, one, others).slice(0, LONGEST);
  return now;
}

function once(bytes: Bytes, one: Damage, others: readonly Uint8Array[]): Bytes {
  const { length } = bytes;
  if (length === 0) return one.kind === "insert" ? Uint8Array.from(one.bytes) : bytes;
  const at = one.at % length;
  const copy = bytes.slice();
  switch (one.kind) {
    case "flip":
      copy[(one.at >> 3) % length]! ^= 1 << (one.at & 7);
      return copy;
    case "truncate":
      return bytes.slice(0, at);
    case "set":
      copy[at] = one.value;
      return copy;
    case "number":
      for (let i = 0; i < 4 && at + i < length; i++) copy[at + i] = (one.value >>> (24 - 8 * i)) & 255;
      return copy;
    case "insert":
      return joined(bytes.subarray(0, at), one.bytes, bytes.subarray(at));
    case "remove":
      return joined(bytes.subarray(0, at), bytes.subarray(at + one.length));
    case "repeat":
      return joined(bytes.subarray(0, at + one.length), bytes.subarray(at));
    default: {
      const other = others[one.other % others.length]!;
      const from = other.length === 0 ? 0 : one.from % other.length;
      return joined(bytes.subarray(0, at), other.subarray(from, from + one.length), bytes.subarray(at + one.length));
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** JSON text in place of a value, or a key in place of a key: the n-th of the text, counted round. */
export interface JsonDamage {
  readonly what: "value" | "key" | "double" | "drop";
  readonly at: number;
  readonly text: string;
}

const oddValues = fc.oneof(
  fc.constantFrom(
    "null",
    "true",
    "-1",
    "0",
    "-0",
    "0.5",
    "1e308",
    "1e400",
    "9007199254740991",
    "9007199254740992",
    "4294967296",
    '""',
    '"__proto__"',
    '"\\ud800"',
    '"\\u0000"',
    `"${"0".repeat(32)}"`,
    `"${"A".repeat(43)}"`,
    "[]",
    "{}",
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    `${"[".repeat(20_000)}${"]".repeat(20_000)}`,
    `${'{"a":'.repeat(2000)}0${"}".repeat(2000)}`,
    `"${"x".repeat(5000)}"`,
  ),
  fc.json({ maxDepth: 3 }),
);
const oddKeys = fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "length", "op", "node", "v", "");

export const jsonDamage: fc.Arbitrary<readonly JsonDamage[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ what: fc.constant("value" as const), at: place, text: oddValues }) },
    {
      weight: 2,
      arbitrary: fc.record({
        what: fc.constantFrom("key" as const, "double" as const),
        at: place,
        text: oddKeys.map((key) => JSON.stringify(key)),
      }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant("drop" as const), at: place, text: fc.constant("") }) },
  ),
  { maxLength: 4 },
);

/** A text of JSON with things put in the place of others. It is JSON still, where it was. */
export function damagedJson(text: string, how: readonly JsonDamage[]): string {
  let now = text;
  for (const one of how) now = jsonOnce(now, one).slice(0, LONGEST);
  return now;
}

function jsonOnce(text: string, { what, at, text: put }: JsonDamage): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  let count = 0;
  const visit = (): void => void count++;
  const walk = (node: unknown, each: () => void): void => {
    each();
    if (typeof node !== "object" || node === null) return;
    for (const child of Object.values(node)) walk(child, each);
  };
  try {
    walk(value, visit);
    return rewritten(value, { what, at: at % count, text: put });
  } catch (error) {
    if (error instanceof RangeError) return text; // deeper than the stack of these walks
    throw error;
  }
}

/** The JSON of a value with the damage done at its `at`-th node. */
function rewritten(value: unknown, { what, at: aim, text: put }: JsonDamage): string {
  let now = 0;
  // Written by hand: keys like __proto__ must come out as they are.
  const write = (node: unknown): string => {
    if (now++ === aim && what === "value") return put;
    if (typeof node !== "object" || node === null) return JSON.stringify(node);
    if (Array.isArray(node)) return `[${node.map(write).join(",")}]`;
    const members = Object.entries(node).flatMap(([key, child]) => {
      const hit = now === aim;
      const written = write(child);
      const plain = `${JSON.stringify(key)}:${written}`;
      if (!hit || what === "value") return [plain];
      if (what === "drop") return [];
      return what === "key" ? [`${put}:${written}`] : [plain, `${put}:${written}`, `${JSON.stringify(key)}:${put}`];
    });
    return `{${members.join(",")}}`;
  };
  return write(value);
}
