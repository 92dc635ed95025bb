/** Laws that belong to no single file. Those of the rebase and of rows are checked beside them. */
import { describe } from "vitest";
import { convergenceLaws } from "./laws/convergence.ts";
import { decoderLaws } from "./laws/decoders.ts";
import { testLaws } from "./laws/in-tests.ts";
import { rangeLaws } from "./laws/ranges.ts";

describe("devices", () => testLaws(convergenceLaws));
describe("a range", () => testLaws(rangeLaws));
describe("a decoder of", () => testLaws(decoderLaws));
