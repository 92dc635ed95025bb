/** Laws of what a person looks for: any text and any filter over any names. */
import { ok, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import type { SearchFilter, SearchQuery } from "../../../src/interface/search.ts";
import { foldValue } from "../../../src/tree/fold.ts";
import { isName } from "../../../src/tree/read-op.ts";
import { idOf, versionOf } from "../../ops.ts";
import { SearchDesk } from "../../searching.ts";
import { law, type Law } from "../law.ts";
import { judged } from "./judged.ts";

const piece = fc.oneof(
  fc.constantFrom(
    "report",
    "Rēport",
    "2026",
    "eexxaacctt",
    '"quoted"',
    "a/b",
    ".*",
    "(",
    "ﬁ",
    "\u0301",
    "\u202e",
    "ß",
    "각",
    "🏡\ufe0f",
    "-x",
    "  ",
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(" "));
const name = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join("").toWellFormed());
const number = fc.constantFrom(undefined, 0, 1, 5, -1, 0.5, Infinity, -Infinity, NaN, 2 ** 60);
const type = fc.oneof(fc.constantFrom("image/*", ".pdf", "text/plain", "", "/*"), fc.string({ maxLength: 5 }));
const kind = fc.constantFrom<"directory" | "file">("directory", "file");
const kinds = fc.subarray(["archive", "audio", "directory", "document", "image", "other", "pdf", "text", "video"] as const);
const types = fc.array(type, { maxLength: 3 });
const filter = fc.record(
  {
    kind,
    kinds,
    types,
    size: fc.record({ min: number, max: number }),
    modified: fc.record({ from: number, to: number }),
    added: fc.record({ from: number, to: number }),
    fromDrop: fc.boolean(),
    trashed: fc.boolean(),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<SearchFilter>;
const query = fc.record(
  {
    text,
    root: fc.oneof(fc.constantFrom(null, idOf(1), idOf(99), "", "__proto__")),
    filter,
    sort: fc.constantFrom("relevance", "name", "size", "modified", "added", "kind"),
    descending: fc.boolean(),
    directoriesFirst: fc.boolean(),
    limit: number,
    meanings: fc.dictionary(
      fc.oneof(piece, fc.constantFrom("__proto__", "constructor")),
      fc.record({ kind, kinds, types }, { requiredKeys: [] }),
      {
        maxKeys: 3,
      },
    ),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<SearchQuery>;

const isBoundary = (of: string, at: number): boolean => !/^[\udc00-\udfff]/.test(of.slice(at)) || !/[\ud800-\udbff]$/.test(of.slice(0, at));

export const searchLaws: readonly Law[] = [
  law(
    "what is looked for is answered, whatever it is",
    120,
    [fc.array(name, { maxLength: 12 }), fc.array(query, { minLength: 1, maxLength: 3 })],
    async (names, queries) => {
      const desk = new SearchDesk();
      foldValue(desk.tree, { op: "mkdir", node: idOf(1), parent: null, name: "reports" });
      for (const [at, one] of names.entries()) {
        if (!isName(one)) continue;
        const parent = at % 3 === 0 ? idOf(1) : null;
        foldValue(desk.tree, { op: "add", node: idOf(at + 2), parent, name: one, version: versionOf(at) });
      }
      try {
        for (const asked of queries) {
          const judgement = await judged(() => desk.ask(asked).results());
          ok("value" in judgement, "no query is refused");
          const { hits, total, searching } = judgement.value;
          strictEqual(searching, false);
          ok(hits.length <= total);
          ok(hits.length <= Math.max(0, asked.limit ?? 100) || Number.isNaN(asked.limit));
          for (const { node, ranges } of hits) {
            let before = -1;
            for (const [start, end] of ranges) {
              ok(start > before && end > start && end <= node.displayName.length, "ranges ascend, and lie apart");
              ok(isBoundary(node.displayName, start) && isBoundary(node.displayName, end), "no character is cut");
              before = end;
            }
          }
        }
      } finally {
        desk.engine.close();
      }
    },
  ),
];
