/** A folder that does not keep still while it is checked. */
import type { KyselyPlugin } from "kysely";
import { expect, test } from "vitest";
import { base, mount } from "../../test/mount.ts";
import { newOwner } from "../../test/owner.ts";
import { checkStore } from "./check.ts";

test("what a folder's writers change meanwhile is no finding; what was wrong before is one, and records count once", async () => {
  const { send, options } = await mount();
  const owner = await newOwner(send, base);
  const lost = await owner.upload();
  const blobs = await Promise.all(Array.from({ length: 8 }, () => owner.upload()));
  await owner.append({ added: [lost, ...blobs] });
  const { database } = options;
  const check = (query = database.query) => checkStore({ ...database, query }, options.blobs as Parameters<typeof checkStore>[1]);

  // Each time the log has been read, before its blobs are looked at, one of them is dropped by a further entry.
  let drops = 0;
  const dropping: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      const [row] = result.rows;
      const blob = row !== undefined && "wire" in row ? blobs.pop() : undefined;
      if (blob !== undefined) {
        expect((await owner.append({ dropped: [blob] })).status).toBe(200);
        drops++;
      }
      return result;
    },
  };
  expect(await check(database.query.withPlugin(dropping))).toMatchObject({ clean: true });
  expect(drops).toBe(5);

  await database.query.updateTable("blob").set({ state: "dropped" }).where("id", "=", lost).execute();
  const report = await check(database.query.withPlugin(dropping));
  const { folder } = owner;
  expect(report.findings).toEqual([
    { kind: "blob-lost", folder, blob: lost },
    { kind: "used-drift", folder },
  ]);
  expect(report.records).toBe(2 + drops);
});
