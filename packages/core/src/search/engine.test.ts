import { describe, expect, test } from "vitest";
import { idOf, versionOf } from "../../test/ops.ts";
import { add, deskWith, files, mkdir, type SearchDesk } from "../../test/searching.ts";
import type { SearchFilter, SearchQuery } from "../interface/search.ts";

/** A name with its ranges set in brackets. */
async function marked(desk: SearchDesk, text: string): Promise<readonly string[]> {
  const { hits } = await desk.ask({ text }).results();
  return hits.map(({ node, ranges }) => {
    let name = node.displayName;
    for (const [start, end] of [...ranges].reverse()) name = `${name.slice(0, start)}[${name.slice(start, end)}]${name.slice(end)}`;
    return name;
  });
}

describe("a text", () => {
  test("finds whole names, then beginnings, then words, then parts of words; short names first", async () => {
    const desk = files("a tax return.pdf", "syntax.md", "tax.pdf", "tax", "taxes 2026.pdf", "my taxes.pdf", "surtaxes.pdf");
    expect(await desk.names({ text: "tax" })).toEqual([
      "tax",
      "tax.pdf",
      "taxes 2026.pdf",
      "my taxes.pdf",
      "a tax return.pdf",
      "syntax.md",
      "surtaxes.pdf",
    ]);
  });

  test("finds names whose words are spread over the way to them, but one at least is their own", async () => {
    const desk = deskWith(mkdir(1, "2026"), mkdir(2, "Taxes", 1), add(3, "Return.pdf", 2), add(4, "Other.pdf", 2), add(5, "Return.pdf"));
    expect(await desk.names({ text: "return taxes" })).toEqual(["Return.pdf"]);
    expect(await desk.names({ text: "taxes" })).toEqual(["Taxes"]);
    expect(await desk.names({ text: "2026/taxes/ret" })).toEqual(["Return.pdf"]);
    expect(await desk.names({ text: "taxes/" })).toEqual(["Other.pdf", "Return.pdf"]);
    const { hits } = await desk.ask({ text: "taxes/return" }).results();
    expect(hits[0]).toMatchObject({ path: ["2026", "Taxes"], ranges: [[0, 6]] });
  });

  test("finds names in any script, however they were typed", async () => {
    const names = [
      "Résumé.pdf",
      "Straße.pdf",
      "Счёт.pdf",
      "合同 2026.pdf",
      "חוזה.pdf",
      "فاتورة.pdf",
      "계약서.hwp",
      "🏡 house.jpg",
      "ＷＩＤＥ.txt",
    ];
    const desk = files(...names);
    const typed = ["resume", "STRASSE", "счет", "合同", "חוזה", "فاتوره", "계약", "🏡", "wide"];
    for (const [at, text] of typed.entries()) expect(await desk.names({ text })).toEqual([names[at]]);
  });

  test("marks what was found, in units of the shown name", async () => {
    const desk = files("Re\u0301sume\u0301 of Straße.pdf", "🏡 garden \u202egarden.jpg", "한글.txt");
    expect(await marked(desk, "resume strass")).toEqual(["[Re\u0301sume\u0301] of [Straß]e.pdf"]);
    expect(await marked(desk, "garden")).toEqual(["🏡 [garden] ⟨U+202E⟩[garden].jpg"]);
    expect(await marked(desk, "🏡")).toEqual(["[🏡] garden ⟨U+202E⟩garden.jpg"]);
    expect(await marked(desk, "하")).toEqual(["[한]글.txt"]);
  });

  test("marks the name that is shown where two are alike", async () => {
    const desk = files("report.pdf", "report.pdf");
    expect(await marked(desk, "report")).toEqual(["[report].pdf", "[report] (2).pdf"]);
  });

  test("overlooks one error in a word, after its first letter, where little is found without", async () => {
    const desk = files("certificate.pdf", "invoice.pdf", "счета.pdf", "2026.pdf");
    for (const text of ["certifcate", "cerificate", "certificcate", "cretificate", "cortificate"]) {
      expect(await desk.names({ text })).toEqual(["certificate.pdf"]);
    }
    expect(await marked(desk, "invioce")).toEqual(["[invoice].pdf"]);
    expect(await marked(desk, "светла")).toEqual([]);
    expect(await marked(desk, "счата")).toEqual(["[счета].pdf"]);
    for (const text of ["xertificate", "certfcate", "2027"]) expect(await desk.names({ text })).toEqual([]);
    desk.apply(...Array.from({ length: 20 }, (_, at) => add(100 + at, `invioce ${at}.pdf`)));
    expect((await desk.ask({ text: "invioce" }).results()).total).toBe(20);
    // The same whether or not errors in the word were looked for before.
    desk.apply({ op: "trash", node: idOf(100) });
    expect((await desk.ask({ text: "invioce" }).results()).total).toBe(20);
    desk.apply({ op: "restore", node: idOf(100) });
    expect((await desk.ask({ text: "invioce" }).results()).total).toBe(20);
  });

  test("of nothing finds nothing, unless there is a filter", async () => {
    const desk = files("a", "b");
    for (const text of ["", "  ", "/", "\u0301\u200b"]) expect(await desk.names({ text })).toEqual([]);
    expect(await desk.names({ text: "", filter: {} })).toEqual([]);
    expect(await desk.names({ filter: { kind: "file" } })).toEqual(["a", "b"]);
  });

  test("finds what a word means in the person's language, besides", async () => {
    const desk = deskWith(
      add(1, "garden.jpg", null, { type: "image/jpeg" }),
      add(2, "Bilder.txt"),
      add(3, "x.png", null, { type: "image/png" }),
    );
    const meanings = { Bild: { kinds: ["image"] } } as const;
    expect(await desk.names({ text: "bild", meanings })).toEqual(["Bilder.txt", "x.png", "garden.jpg"]);
    expect(await desk.names({ text: "bild gard", meanings })).toEqual(["garden.jpg"]);
    expect(await desk.names({ text: "bild" })).toEqual(["Bilder.txt"]);
  });

  test("is cut where it is longer than anybody types", async () => {
    const desk = files("a");
    expect(await desk.names({ text: `a ${"b ".repeat(10_000)}` })).toEqual([]);
    expect(await desk.names({ text: "a ".repeat(10_000) })).toEqual(["a"]);
  });
});

describe("a filter", () => {
  const day = 86_400_000;
  const desk = deskWith(
    mkdir(1, "Photos"),
    add(2, "a.jpg", 1, { type: "image/jpeg", size: 10, modified: 1 * day }),
    add(3, "b.pdf", 1, { type: "application/pdf", size: 20, modified: 2 * day }),
    add(4, "c.md", null, { type: "text/markdown", size: 30, modified: 3 * day }),
    add(5, "d.bin", null, { size: 40 }),
    {
      op: "add",
      node: idOf(6),
      parent: null,
      name: "e.png",
      version: { ...versionOf(6), type: "image/png" },
      from: { drop: idOf(7), item: idOf(8) },
    },
  );
  const found = async (filter: SearchFilter, query: SearchQuery = {}): Promise<string> =>
    (await desk.names({ ...query, filter })).join(" ");

  test("narrows by kind, type, size, date and origin, alone or with a text", async () => {
    expect(await found({ kind: "directory" })).toBe("Photos");
    expect(await found({ kinds: ["image", "pdf"] })).toBe("a.jpg b.pdf e.png");
    expect(await found({ types: ["image/*", ".MD"] })).toBe("a.jpg c.md e.png");
    expect(await found({ types: ["application/pdf"] })).toBe("b.pdf");
    expect(await found({ size: { min: 20, max: 30 } })).toBe("b.pdf c.md");
    expect(await found({ modified: { from: 2 * day } })).toBe("b.pdf c.md");
    expect(await found({ added: { to: 2 * day } })).toBe("a.jpg b.pdf");
    expect(await found({ fromDrop: true })).toBe("e.png");
    expect(await found({ kinds: ["image"], fromDrop: false })).toBe("a.jpg");
    expect(await found({ size: { min: 20 } }, { text: "photos/" })).toBe("b.pdf");
  });

  test("looks below a directory only, and nowhere where it is gone", async () => {
    expect(await found({ kind: "file" }, { root: idOf(1) })).toBe("a.jpg b.pdf");
    expect(await found({ kind: "file" }, { root: idOf(77) })).toBe("");
  });

  test("looks in the trash or outside, with all that lies below what is marked", async () => {
    desk.apply({ op: "trash", node: idOf(1) });
    expect(await found({ kinds: ["image"] })).toBe("e.png");
    expect(await found({ trashed: true })).toBe("Photos a.jpg b.pdf");
    desk.apply({ op: "restore", node: idOf(1) });
    expect(await found({ trashed: true })).toBe("");
  });
});

describe("the order", () => {
  test("is by name, size, date or kind where that is asked for, and cut at the limit", async () => {
    const desk = deskWith(
      add(1, "b10", null, { size: 3, modified: 1, type: "video/mp4" }),
      add(2, "b9", null, { size: 2, modified: 3, type: "audio/mpeg" }),
      add(3, "B1", null, { size: 1, modified: 2, type: "image/png" }),
      mkdir(4, "zb"),
    );
    const sorted = async (query: SearchQuery): Promise<string> => (await desk.names({ text: "b", ...query })).join(" ");
    expect(await sorted({ sort: "name" })).toBe("zb B1 b9 b10");
    expect(await sorted({ sort: "name", directoriesFirst: false, descending: true })).toBe("zb b10 b9 B1");
    expect(await sorted({ sort: "size", descending: true })).toBe("zb b10 b9 B1");
    expect(await sorted({ sort: "modified" })).toBe("zb b10 B1 b9");
    expect(await sorted({ sort: "kind", limit: 3 })).toBe("zb b9 B1");
    expect(await desk.ask({ text: "b", limit: 2 }).results()).toMatchObject({ total: 4, hits: { length: 2 } });
    expect(await desk.ask({ text: "b", limit: 1.5 }).results()).toMatchObject({ total: 4, hits: { length: 1 } });
    expect(await desk.ask({ text: "b", limit: 0 }).results()).toMatchObject({ total: 4, hits: [] });
  });

  test("does not depend on the order in which things happened", async () => {
    const given = Array.from({ length: 40 }, (_, at) => add(at, `same ${at % 3}`));
    const ids = async (desk: SearchDesk) => (await desk.ask({ text: "same" }).results()).hits.map(({ node }) => node.id);
    expect(await ids(deskWith(...given.toReversed()))).toEqual(await ids(deskWith(...given)));
  });
});

describe("while it is open, a search", () => {
  test("follows what is renamed, moved, trashed, restored, purged and added", async () => {
    const desk = deskWith(mkdir(1, "Letters"), add(2, "one.txt", 1), mkdir(3, "Archive"));
    const search = desk.ask({ text: "letters/ one" });
    expect(await search.names()).toEqual(["one.txt"]);
    desk.apply({ op: "rename", node: idOf(1), name: "Notes" });
    expect(await search.names()).toEqual([]);
    search.ask({ text: "notes/" });
    expect(await search.names()).toEqual(["one.txt"]);
    desk.apply({ op: "move", node: idOf(1), parent: idOf(3) });
    expect((await search.results()).hits[0]?.path).toEqual(["Archive", "Notes"]);
    desk.apply(add(4, "two.txt", 1), { op: "trash", node: idOf(2) });
    expect(await search.names()).toEqual(["two.txt"]);
    desk.apply({ op: "restore", node: idOf(2) });
    expect(await search.names()).toEqual(["one.txt", "two.txt"]);
    desk.apply({ op: "purge", nodes: [idOf(2)] });
    expect(await search.names()).toEqual(["two.txt"]);
  });

  test("is told of nothing that makes no difference to it, and of nothing once it is not followed", async () => {
    const desk = deskWith(mkdir(3, "a"), mkdir(4, "b"), add(1, "one", 3), add(2, "two", 4));
    const search = desk.ask({ text: "one" });
    await search.results();
    const before = search.published.length;
    desk.apply({ op: "rename", node: idOf(2), name: "three" });
    await search.results();
    expect(search.published).toHaveLength(before);
    search.isFollowed = false;
    desk.apply({ op: "rename", node: idOf(1), name: "none" });
    await desk.names({ text: "none" });
    expect(search.published).toHaveLength(before);
  });

  test("finds nothing while nothing may be seen, and forgets the names", async () => {
    const desk = files("one");
    const search = desk.ask({ text: "one" });
    expect(await search.names()).toEqual(["one"]);
    desk.isHidden = true;
    desk.engine.look();
    expect(await search.results()).toMatchObject({ hits: [], total: 0, searching: false });
    desk.isHidden = false;
    desk.engine.look();
    expect(await search.names()).toEqual(["one"]);
  });

  test("goes over to another tree that takes the place of its own", async () => {
    const desk = files("one");
    const search = desk.ask({ text: "one" });
    await search.results();
    const other = files("one more", "two").tree;
    desk.tree.become(other);
    desk.engine.look();
    expect(await search.names()).toEqual(["one more"]);
  });

  test("gives up what was asked before for what is asked now", async () => {
    const desk = deskWith(...Array.from({ length: 30_000 }, (_, at) => add(at, `file ${at}`)));
    const search = desk.ask({ text: "file" });
    expect(search.published).toEqual([]);
    search.ask({ text: "29999" });
    expect(await search.names()).toEqual(["file 29999"]);
    expect(search.published.every(({ query }) => query.text === "29999")).toBe(true);
  });
});
