/**
 * How a decoder is judged, whatever it is given: a value or a typed error, in a time that the input's length bounds, and no prototype changed.
 *
 * @module
 */
import { ok, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import type { Bytes } from "../../../src/crypto/provider.ts";
import { KeyfoldError } from "../../../src/error.ts";
import { law, type Law } from "../law.ts";
import { damage, damaged, damagedJson, jsonDamage } from "../mutation.ts";

/** Milliseconds for one input of at most 128 KiB; a slow machine needs a hundredth of it. */
const PATIENCE = 10_000;

const prototypes = [Object, Array, Function, String, Number, Uint8Array, Map, Set, Promise, Error].map(
  ({ prototype }) => prototype as object,
);
const namesOf = (): string => prototypes.map((prototype) => Reflect.ownKeys(prototype).map(String).join()).join("\n");
const untouched = namesOf();

/** What a decoder came to. */
export type Judgement<T> = { readonly value: T } | { readonly error: KeyfoldError };

/** Runs a decoder: what it throws is typed, it ends in time, it changes nothing that everything inherits from. */
export async function judged<T>(decode: () => T | Promise<T>): Promise<Judgement<T>> {
  const began = performance.now();
  let judgement: Judgement<T>;
  try {
    judgement = { value: await decode() };
  } catch (error) {
    if (!(error instanceof KeyfoldError)) throw error;
    judgement = { error };
  }
  strictEqual(namesOf(), untouched, "no prototype is changed");
  strictEqual(({} as { polluted?: unknown }).polluted, undefined);
  ok(performance.now() - began < PATIENCE, "it ends in time");
  return judgement;
}

/** Inputs are made when a law is first checked. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** A decoder of bytes. */
export function ofBytes(name: string, runs: number, seeds: () => Promise<readonly Uint8Array[]>, decode: (bytes: Bytes) => unknown): Law {
  return law(name, runs, [fc.nat({ max: 15 }), damage, fc.option(fc.uint8Array({ maxLength: 200 }))], async (which, how, random) => {
    const inputs = await seeds();
    const bytes = random === null ? damaged(inputs[which % inputs.length]!, how, inputs) : Uint8Array.from(random);
    await judged(() => decode(bytes));
  });
}

/** A decoder of JSON text: the text is damaged as JSON, and now and then as text. */
export function ofJson(name: string, runs: number, seeds: () => Promise<readonly unknown[]>, decode: (text: string) => unknown): Law {
  return law(name, runs, [fc.nat({ max: 31 }), jsonDamage, fc.option(damage, { freq: 3 })], async (which, how, torn) => {
    const inputs = await seeds();
    const text = damagedJson(JSON.stringify(inputs[which % inputs.length]), how);
    await judged(() => decode(torn === null ? text : textOf(damaged(new TextEncoder().encode(text), torn))));
  });
}

export function ofText(name: string, runs: number, seeds: () => Promise<readonly string[]>, decode: (text: string) => unknown): Law {
  return law(
    name,
    runs,
    [fc.nat({ max: 15 }), damage, fc.option(fc.string({ unit: "binary", maxLength: 200 }))],
    async (which, how, random) => {
      const inputs = await seeds();
      const bytes = inputs.map((input) => new TextEncoder().encode(input));
      await judged(() => decode(random ?? textOf(damaged(bytes[which % bytes.length]!, how, bytes))));
    },
  );
}

export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** The value, where the text is JSON; what is no JSON is not the decoder's concern. */
function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}
export const onJson =
  (decode: (value: unknown) => unknown) =>
  (text: string): unknown => {
    const found = parsed(text);
    return found === null ? undefined : decode(found.value);
  };
