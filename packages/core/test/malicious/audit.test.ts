/** The audit log is the server's word. Whatever it says, a loop over it gets records of known shapes, or one error that says whose fault it is. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { AuditRecord, Folder } from "../../src/index.ts";
import { json, problem } from "./server.ts";
import { codeOf, content, Stage } from "./stage.ts";

let stage: Stage;
let folder: Folder;
beforeAll(async () => {
  stage = await Stage.set();
  ({ folder } = await stage.locked(async (made) => made.upload([new File([content("one")], "one.txt")])));
});
afterEach(() => {
  stage.server.repent();
  stage.server.expectNoLeak();
});
afterAll(async () => {
  await stage.devices.close();
  await stage.server.remove();
});

const id = "0123456789abcdef".repeat(2);
const place = (at: number): string => `${at}-${id}`;
const all = async (limit = Number.POSITIVE_INFINITY): Promise<AuditRecord[]> => {
  const records: AuditRecord[] = [];
  for await (const record of folder.audit()) if (records.push(record) >= limit) break;
  return records;
};
const lie = (rows: unknown, next?: unknown): void =>
  stage.server.rewrite(
    "GET /audit",
    json(() => ({ rows, next })),
  );

const created = { event: "folder-created", at: 5 };

const noPages: [string, unknown, unknown?][] = [
  ["rows that are no list", { length: 1 }],
  ["a row that is none", [null]],
  ["an event that is no word", [{ event: "<b>signed-in</b>", at: 5 }]],
  ["an event that is a number", [{ event: 7, at: 5 }]],
  ["no time", [{ event: "folder-created" }]],
  ["a time that is a text", [{ event: "folder-created", at: "5" }]],
  ["a time before all times", [{ event: "folder-created", at: -1 }]],
  ["a time that is no whole number", [{ event: "folder-created", at: 0.5 }]],
  ["a time beyond what numbers tell apart", [{ event: "folder-created", at: 2 ** 53 }]],
  ["an entry without its place", [{ event: "appended", at: 5, epoch: 0, count: 1, bytes: 1 }]],
  ["an entry without its size", [{ event: "appended", at: 5, epoch: 0, seq: 1, count: 1 }]],
  ["a lock without its epoch", [{ event: "folder-locked", at: 5, seq: 1 }]],
  ["a share without its mark", [{ event: "share-taken", at: 5 }]],
  ["a mark that is markup", [{ event: "share-taken", at: 5, share: "<script>" }]],
  ["a scope that there is not", [{ event: "signed-in", at: 5, count: 1, last: 6, scope: "admin" }]],
  ["a count that is negative", [{ event: "quota-reached", at: 5, count: -1, last: 6 }]],
  ["an hour without its last time", [{ event: "quota-reached", at: 5, count: 1 }]],
  ["a place that is none", [created], "5"],
  ["a place that is another request", [created], `5-${id}&x=/../usage`],
  ["a page with nothing in it that goes on", [], place(4)],
];

test.each(noPages)("%s: server-failed, and nothing of that page is told", async (_, rows, next) => {
  lie(rows, next);
  expect(await codeOf(all())).toBe("server-failed");
  expect(stage.server.count("GET /audit")).toBe(1);
});

test("answers that are no page at all have one error, too", async () => {
  for (const body of ["", "null", "[]", "<html>", '{"rows":[]', JSON.stringify({ rows: [created] }).slice(0, -1)]) {
    stage.server.answer("GET /audit", () => new Response(body, { headers: { "content-type": "application/json" } }));
    expect([body, await codeOf(all())]).toEqual([body, "server-failed"]);
  }
  stage.server.answer("GET /audit", () => problem(403, "read-only"));
  expect(await codeOf(all())).toBe("read-only");
  stage.server.answer("GET /audit", () => problem(410, "gone"));
  expect(await codeOf(all())).toBe("gone");
});

test("events and members that this client does not know are passed over", async () => {
  const newer = { event: "moon-phase", at: 9, phase: { of: "moon" } };
  lie([newer, { ...created, colour: "red", __proto__: null }, { event: "constructor", at: 4 }]);
  expect(await all()).toEqual([created]);
  lie([newer]);
  expect(await all()).toEqual([]);
});

test("pages that go round end in an error, not in a loop", async () => {
  lie([created], place(5));
  expect(await codeOf(all())).toBe("server-failed");
  expect(stage.server.count("GET /audit")).toBe(2);
  stage.server.repent();
  stage.server.expectNoLeak();
  // Forwards again, by the id alone.
  let asked = 0;
  stage.server.rewrite(
    "GET /audit",
    json(() => ({ rows: [created], next: `5-${String(asked++).padStart(32, "0")}` })),
  );
  expect(await codeOf(all())).toBe("server-failed");
  expect(asked).toBe(2);
});

test("pages without end are asked for no further than the loop goes", async () => {
  let at = 1_000_000;
  const rows = Array.from({ length: 200 }, () => created);
  stage.server.rewrite(
    "GET /audit",
    json(() => ({ rows, next: place(at--) })),
  );
  expect(await all(1000)).toHaveLength(1000);
  expect(stage.server.count("GET /audit")).toBe(5);

  // Where there is nothing to tell in them, the signal ends it.
  const enough = new AbortController();
  stage.server.rewrite(
    "GET /audit",
    json(() => {
      if (stage.server.count("GET /audit") === 20) enough.abort();
      return { rows: [{ event: "moon-phase", at: 5 }], next: place(at--) };
    }),
  );
  expect(await codeOf(folder.audit({ signal: enough.signal }).next())).toBe("cancelled");
  expect(stage.server.count("GET /audit")).toBe(20);
});

test("a place in the log that there is not is nobody's, and a mark that nobody made no link's", async () => {
  lie([
    { event: "appended", at: 9, epoch: 7, seq: 9_000_000, count: 3, bytes: 99 },
    { event: "share-taken", at: 8, share: id },
  ]);
  expect(await all()).toEqual([
    { event: "appended", at: 9, epoch: 7, seq: 9_000_000, blobs: 3, bytes: 99, by: null },
    { event: "share-taken", at: 8, share: null, mark: id },
  ]);
});
