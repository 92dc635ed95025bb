import { describe, expect, test } from "vitest";
import { base, mount } from "../../test/mount.ts";
import { bytesOf, newOwner } from "../../test/owner.ts";
import type { FindingKind } from "./findings.ts";

async function site() {
  const mounted = await mount();
  const owner = await newOwner(mounted.send, base);
  const [first, second] = [await owner.upload(), await owner.upload()];
  await owner.append({ added: [first] });
  await owner.rekey();
  await owner.signIn();
  await owner.append({ added: [second] });
  await owner.append({ sealed: bytesOf(2000) });
  return { ...mounted, owner, blob: second, query: mounted.options.database.query };
}

test("a folder that was written to, locked and written to again is clean", async () => {
  const { app } = await site();
  expect(await app.check()).toMatchObject({ clean: true, folders: 1, records: 6, blobs: 2, parts: 2, findings: [] });
});

describe("is found:", () => {
  type Site = Awaited<ReturnType<typeof site>>;
  const faults: readonly [FindingKind, (of: Site) => Promise<unknown>][] = [
    ["log-gap", ({ query }) => query.deleteFrom("log_record").where("seq", "=", 1).execute()],
    [
      "log-broken",
      ({ query }) =>
        query
          .updateTable("log_record")
          .set({ wire: bytesOf(129) })
          .where("seq", "=", 1)
          .execute(),
    ],
    [
      "log-end",
      ({ query }) =>
        query
          .updateTable("folder")
          .set({ head: bytesOf(32) })
          .execute(),
    ],
    ["body-missing", ({ query }) => query.deleteFrom("sealed_body").where("seq", "=", 5).execute()],
    [
      "body-left",
      ({ query, owner }) =>
        query
          .insertInto("sealed_body")
          .values({ folder: owner.folder, seq: 1, bytes: bytesOf(9) })
          .execute(),
    ],
    [
      "read-key-left",
      ({ query, owner }) =>
        query
          .insertInto("published_key")
          .values({ folder: owner.folder, bytes: bytesOf(32) })
          .execute(),
    ],
    ["blob-lost", ({ query, blob }) => query.updateTable("blob").set({ state: "dropped" }).where("id", "=", blob).execute()],
    ["blob-incomplete", ({ query, blob }) => query.deleteFrom("part").where("blob", "=", blob).execute()],
    ["orphan", ({ query, owner }) => query.deleteFrom("folder").where("id", "=", owner.folder).execute()],
    ["used-drift", ({ query }) => query.updateTable("folder").set({ used: 1 }).execute()],
  ];
  test.each(faults)("%s", async (kind, harm) => {
    const harmed = await site();
    await harm(harmed);
    const report = await harmed.app.check();
    expect(report.clean).toBe(false);
    expect(report.counts[kind]).toBeGreaterThan(0);
  });
});
