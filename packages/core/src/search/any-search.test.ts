/** What holds of every search, whatever the names and texts are. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idOf, ops } from "../../test/ops.ts";
import { deskWith, expectedIds, files, isWithOneError, SearchDesk } from "../../test/searching.ts";
import type { SearchFilter, SearchQuery } from "../interface/search.ts";
import { applyOp } from "../tree/fold.ts";
import { foldText } from "./fold-text.ts";

describe("against a search that looks at everything anew", () => {
  const text = fc.array(fc.constantFrom("a", "re", "report", ".pdf", "(2)", "å", "x", "gpj", "2)", "xxx", "\u202e", "r"), { maxLength: 3 });
  const filter: fc.Arbitrary<SearchFilter> = fc.record(
    { kind: fc.constantFrom("file", "directory"), size: fc.constant({ min: 5 }), trashed: fc.boolean(), fromDrop: fc.boolean() },
    { requiredKeys: [] },
  );
  const root = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat({ max: 9 }).map(idOf) });

  test("finds the same, after any changes, done and undone", async () => {
    await fc.assert(
      fc.asyncProperty(ops(), ops(20), ops(20), text, filter, root, async (first, undone, then, words, wanted, below) => {
        const desk = deskWith(...first);
        const query: SearchQuery = { text: words.join(" "), filter: { ...wanted }, root: below, limit: 1000 };
        const asked = desk.ask(query);
        await asked.results();
        const mark = desk.tree.mark();
        for (const op of undone) applyOp(desk.tree, op);
        desk.engine.look();
        await asked.results();
        desk.tree.undo(mark);
        desk.apply(...then);
        const { hits, total } = await asked.results();
        const found = hits.map(({ node }) => node.id);
        const isAsked = words.length > 0 || Object.keys(wanted).length > 0;
        const expected = isAsked ? expectedIds(desk.tree, query) : new Set<string>();
        expect(total).toBe(found.length);
        const folded = words.map(foldText);
        for (const id of found) {
          const names = [...desk.views.current().path(id)].map(({ name }) => foldText(name));
          const near = folded.every((word) => names.some((name) => name.includes(word) || isWithOneError(name, word)));
          expect(expected.has(id) || near).toBe(true);
        }
        for (const id of expected) expect(found).toContain(id);
        // One that is asked now says the same as one that was open all the time.
        const fresh = new SearchDesk();
        fresh.tree.become(desk.tree);
        expect((await fresh.ask(query).results()).hits.map(({ node }) => node.id)).toEqual(found);
      }),
    );
  });

  test("finds a word in which one letter after the first is another", async () => {
    // uFuzzy takes "tTest" for a "t" before "Test": a second letter that is like the first is not overlooked.
    const letters = fc
      .string({ unit: fc.constantFrom("a", "b", "c", "d", "e", "é", "ж", "я", "合"), minLength: 6, maxLength: 20 })
      .filter((name) => foldText(name)[0] !== foldText(name)[1]);
    await fc.assert(
      fc.asyncProperty(letters, fc.nat(), fc.constantFrom("z", "ю"), async (name, where, wrong) => {
        const at = 1 + (where % (name.length - 1));
        const desk = files(name);
        expect(await desk.names({ text: name.slice(0, at) + wrong + name.slice(at + 1) })).toEqual([name]);
      }),
    );
  });
});

describe("hostile names and texts", () => {
  const hostile = [
    "__proto__",
    "constructor",
    "(a+)+$",
    "[.*+?^${}()|\\]",
    "\\",
    '"quoted',
    '-a -"b"',
    "eexxaacctt",
    "\u202e\u2066gpj.exe\u2069",
    "\u0301".repeat(127),
    "a".repeat(255),
    `${"ab".repeat(127)}c`,
    "\ufdfa".repeat(85),
    "\u{e0001}\u{e0020}",
    "한".repeat(85),
    "a\u0000b\nc\u2028d",
  ];

  test("are found as what they are", async () => {
    const desk = files(...hostile);
    for (const name of hostile) {
      const names = (await desk.ask({ text: name }).results()).hits.map(({ node }) => node.name);
      if (!["\u0301".repeat(127), "\u{e0001}\u{e0020}", "\\", '-a -"b"', "a\u0000b\nc\u2028d", hostile[8]].includes(name)) {
        expect(names).toContain(name);
      }
    }
  });

  test("crash nothing, and are marked within their bounds", async () => {
    const anyName = fc.oneof(
      fc.constantFrom(...hostile),
      fc.string({ unit: "binary", minLength: 1, maxLength: 60 }).filter((name) => name.isWellFormed()),
    );
    const desk = files(...hostile);
    const meanings = Object.fromEntries([["__proto__", { kinds: ["image" as const] }]]);
    await fc.assert(
      fc.asyncProperty(anyName, fc.oneof(anyName, fc.string({ unit: "binary" })), async (name, text) => {
        desk.apply({ op: "rename", node: idOf(1), name });
        const { hits } = await desk.ask({ text, meanings, limit: 20 }).results();
        for (const { node, ranges } of hits) {
          let last = -1;
          for (const [start, end] of ranges) {
            expect(start).toBeGreaterThan(last);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(node.displayName.length);
            expect(node.displayName.slice(start, end).isWellFormed()).toBe(true);
            last = end;
          }
        }
      }),
    );
  });

  test("cost no more than others: repetition buys nothing", async () => {
    const names = Array.from({ length: 2000 }, (_, at) => `${"ab".repeat(120)}${at}`.slice(0, 255));
    const desk = files(...names);
    await desk.names({ text: "warm up" });
    for (const text of [
      `${"ab".repeat(15)}x`,
      "a b a b a b a b a b a b x",
      `${"a".repeat(31)}b`,
      "ababababababababababababababaabx",
      "ab ".repeat(60),
    ]) {
      const began = performance.now();
      await desk.ask({ text, limit: 10 }).results();
      // 2,000 names of 240 characters; what grows faster than the text takes minutes.
      expect(performance.now() - began).toBeLessThan(1500);
    }
  });
});
