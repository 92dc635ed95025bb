/** Laws as tests: each a bounded number of times. */
import { test } from "vitest";
import { assertLaw, type Law } from "./law.ts";

export function testLaws(laws: readonly Law[]): void {
  for (const one of laws) test(one.name, () => assertLaw(one), 60_000);
}
