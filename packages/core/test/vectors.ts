/**
 * The test vectors of the format, which live outside of the repository: `KEYFOLD_VECTORS` names a file or a folder of them, else they are
 * looked for in `../shared/vectors` beside the repository. Without them the tests that need them are skipped, loudly.
 *
 * @module
 */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, it } from "vitest";
import type { CryptoProvider } from "../src/crypto/provider.ts";
import { providers } from "./providers.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const besideRepository = resolve(repository, "../shared/vectors");

/** JSON files to read; none where there are no vectors. A place that was named must exist. */
function vectorFiles(): string[] {
  const named = process.env["KEYFOLD_VECTORS"];
  // A relative place is the caller's, who stands in the repository; tests run in their package.
  const place = named === undefined || named === "" ? besideRepository : resolve(repository, named);
  if (!existsSync(place)) {
    if (place === besideRepository) return [];
    throw new Error(`KEYFOLD_VECTORS names ${place}, and nothing is there.`);
  }
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place)
    .filter((name) => name.endsWith(".json"))
    .toSorted()
    .map((name) => join(place, name));
}

type VectorFile = Readonly<Record<string, unknown>>;

/** Files of the format's own vectors, and of Tink's. */
type Kind = "keyfold" | "tink";

const files: readonly VectorFile[] = vectorFiles().map((path) => JSON.parse(readFileSync(path, "utf8")) as VectorFile);

if (process.env["KEYFOLD_VECTORS"] && files.length === 0) throw new Error("KEYFOLD_VECTORS names a folder without vectors.");

function isOfKind(file: VectorFile, kind: Kind): boolean {
  return kind === "keyfold" ? file["format"] === "keyfold/1" : typeof file["source"] === "string" && file["source"].startsWith("tink");
}

// The shape of a section is stated by the test that reads it: there the type parameter is a cast, and meant as one.
// oxlint-disable typescript/no-unnecessary-type-parameters

/**
 * A suite over one section of the vectors. Where several files have the section, it runs over each.
 *
 * @param body Registers the tests. It calls `count` for every case that a test has run; the sum is printed: `vectors: keys 3`.
 */
function suite<Section>(kind: Kind, section: string, name: string, body: (cases: Section, count: (cases?: number) => void) => void): void {
  const found = files.filter((file) => isOfKind(file, kind) && section in file);
  if (found.length === 0) {
    // oxlint-disable-next-line no-console -- a test that did not run must not be quiet
    console.warn(`\n!!! vectors: ${name} NOT RUN: no vectors (set KEYFOLD_VECTORS to their file or folder) !!!\n`);
    describe.skip(`vectors: ${name}`, () => it("needs the vectors", () => {}));
    return;
  }
  for (const file of found) {
    const set = typeof file["set"] === "string" ? ` (${file["set"]})` : "";
    describe(`vectors: ${name}${set}`, () => {
      let counted = 0;
      // oxlint-disable-next-line no-console -- the count is the point
      afterAll(() => console.log(`vectors: ${name} ${counted}${set}`));
      body(file[section] as Section, (cases = 1) => {
        counted += cases;
      });
    });
  }
}

/** A suite over a section of the format's vectors, such as `keys`; printed by another name where it runs a part of the section. */
export function vectorSuite<Section>(
  section: string,
  body: (cases: Section, count: (cases?: number) => void) => void,
  name: string = section,
): void {
  suite("keyfold", section, name, body);
}

type ProviderBody<Section> = (cases: Section, count: (cases?: number) => void, provider: CryptoProvider) => void;

/** The first provider is what most have, and goes without saying. */
function nameFor(section: string, provider: string): string {
  return provider === providers[0]?.[0] ? section : `${section}, ${provider}`;
}

/** A suite over a section of the format's vectors, once for each provider. */
export function providerVectorSuite<Section>(section: string, body: ProviderBody<Section>): void {
  for (const [name, provider] of providers) {
    suite<Section>("keyfold", section, nameFor(section, name), (cases, count) => body(cases, count, provider));
  }
}

/** A suite over the vectors that Tink's Java library made, once for each provider. */
export function tinkSuite<Section>(body: ProviderBody<Section>): void {
  for (const [name, provider] of providers) {
    suite<Section>("tink", "vectors", nameFor("tink", name), (cases, count) => body(cases, count, provider));
  }
}

/** One section of the first vector file, for a test that needs it beside its own; undefined where there is none. */
export function vectorSection<Section>(section: string): Section | undefined {
  return files.find((file) => isOfKind(file, "keyfold") && section in file)?.[section] as Section | undefined;
}
