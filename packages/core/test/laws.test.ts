/** Laws that belong to no single file. Those of the rebase and of rows are checked beside them. */
import { describe, expect, test } from "vitest";
import { convergenceLaws } from "./laws/convergence.ts";
import { decoderLaws } from "./laws/decoders/index.ts";
import { asked } from "./laws/decoders/request.ts";
import { allSchemas, examples } from "./laws/decoders/schema.ts";
import { testLaws } from "./laws/in-tests.ts";
import { rangeLaws } from "./laws/ranges.ts";

describe("devices", () => testLaws(convergenceLaws));
describe("a range", () => testLaws(rangeLaws));
describe("a decoder of", () => testLaws(decoderLaws));

describe("no law is missing", () => {
  test("of a schema of the protocol", () => {
    expect(Object.keys(examples).toSorted()).toEqual([...allSchemas.keys()].toSorted());
  });

  test("of a request", () => {
    // What asks the server for nothing.
    const others = new Set(["constructor", "sealApart", "use"]);
    for (const [prototype, names] of asked) {
      expect(
        Object.getOwnPropertyNames(prototype)
          .filter((name) => !others.has(name))
          .toSorted(),
      ).toEqual(names.toSorted());
    }
  });
});
