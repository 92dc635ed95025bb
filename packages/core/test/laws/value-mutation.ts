/**
 * Damage to values that a store or a database hands out: something else in the place of the n-th of them, whatever its type.
 *
 * @module
 */
import * as fc from "fast-check";
import { damage, damaged, type Damage } from "./mutation.ts";

export interface ValueDamage {
  readonly at: number;
  /** Undefined: what is there is damaged, where it is bytes, and taken away where not. */
  readonly put: { readonly value: unknown } | undefined;
  readonly bytes: readonly Damage[];
}

const oddValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    true,
    0,
    1,
    -1,
    0.5,
    NaN,
    Infinity,
    2 ** 31,
    2 ** 53,
    "",
    "x",
    "1",
    "f".repeat(32),
    "A".repeat(43),
    new Uint8Array(),
    new Uint8Array(32),
  ),
  fc.constant([]),
  fc.constant({}),
  fc.uint8Array({ maxLength: 200 }),
);

const put = fc.option(fc.record({ value: oddValues }), { nil: undefined, freq: 2 });
const damages = fc.array(fc.record({ at: fc.nat({ max: 0xffff }), put, bytes: damage }), { maxLength: 3 });
export const valueDamage: fc.Arbitrary<readonly ValueDamage[]> = damages;

/** The same values with some replaced; nothing of the original is touched. */
export function damagedValue(value: unknown, how: readonly ValueDamage[]): unknown {
  let now = value;
  for (const one of how) now = damagedOnce(now, one);
  return now;
}

/** Lists and plain objects; not bytes, nor handles of keys. */
function isBranch(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

function count(value: unknown): number {
  return isBranch(value) ? Object.values(value).reduce<number>((sum, child) => sum + count(child), 1) : 1;
}

function damagedOnce(value: unknown, { at, put: instead, bytes }: ValueDamage): unknown {
  const aim = at % count(value);
  let now = 0;
  const copy = (node: unknown): unknown => {
    if (now++ === aim) {
      if (instead !== undefined) return instead.value;
      return node instanceof Uint8Array ? damaged(node, bytes) : undefined;
    }
    if (Array.isArray(node)) return node.map(copy);
    return isBranch(node) ? Object.fromEntries(Object.entries(node).map(([key, child]) => [key, copy(child)])) : node;
  };
  return copy(value);
}
