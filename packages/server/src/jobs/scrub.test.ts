import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { base, codeOf, mount, type TestMount } from "../../test/mount.ts";
import { bytesOf, newId, newOwner } from "../../test/owner.ts";

const day = 24 * 3600 * 1000;

async function liveBlob(site: TestMount) {
  const owner = await newOwner(site.send, base);
  const [blob, bytes] = [newId(), bytesOf(1080)];
  await owner.createBlobs({ blob, sealedSize: bytes.length });
  await owner.put(blob, 0, bytes);
  expect((await owner.append({ added: [blob] })).status).toBe(200);
  return { owner, blob, bytes, file: join(site.directory, "blobs", owner.folder, blob.slice(0, 2), `${blob}.0`) };
}

test("the scrub finds damaged and missing parts, tells once, deletes nothing; who sends them again mends them", async () => {
  const site = await mount();
  const damaged = await liveBlob(site);
  const missing = await liveBlob(site);
  await writeFile(damaged.file, bytesOf(1080));
  await rm(missing.file);
  expect((await site.app.maintain()).scrubbed).toMatchObject({ parts: 2, damaged: 1, missing: 1 });
  expect(new Set((await site.app.damagedParts()).map(({ blob, reason }) => `${blob} ${reason}`))).toEqual(
    new Set([`${damaged.blob} damaged`, `${missing.blob} missing`]),
  );
  expect(site.lines.filter(({ route }) => route === "scrub")).toHaveLength(2);
  site.wait(8 * day);
  expect(await site.app.scrub()).toMatchObject({ parts: 2, damaged: 0, missing: 0 }); // known already

  for (const { owner, blob, bytes } of [damaged, missing]) {
    await owner.signIn();
    expect(await owner.stateOf(blob)).toBe("live");
    expect((await owner.put(blob, 0, bytes)).status).toBe(204);
    const read = await owner.call("GET", `/blobs/${blob}/parts/0`);
    expect(Buffer.compare(new Uint8Array(await read.arrayBuffer()), bytes)).toBe(0);
  }
  expect(await site.app.damagedParts()).toEqual([]);
  expect(await site.app.check()).toMatchObject({ clean: true, parts: 2 });
});

test("a damaged part that a reader came upon is taken again from a client at once", async () => {
  const site = await mount({ scrub: { bytesPerSecond: 0 } });
  const { owner, blob, bytes, file } = await liveBlob(site);
  await writeFile(file, bytesOf(1080));
  expect(await codeOf(await owner.call("GET", `/blobs/${blob}/parts/0`))).toBe("part-damaged");
  expect((await owner.put(blob, 0, bytes)).status).toBe(204);
  expect((await owner.call("GET", `/blobs/${blob}/parts/0`)).status).toBe(200);
});

test("each run goes on where the last one stopped, no faster than its rate; a round begins again when it is due", async () => {
  const site = await mount({ limits: { quota: 2 ** 30 }, scrub: { bytesPerSecond: 1 } });
  const owner = await newOwner(site.send, base);
  const part = 4 * 2 ** 20;
  const blobs = await Promise.all([1, 2, 3].map(() => owner.upload(part)));
  await owner.append({ added: blobs });
  const runs = [];
  for (let i = 0; i < 4; i++) runs.push((await site.app.scrub()).parts);
  expect(runs).toEqual([1, 1, 1, 0]);
  expect((await site.app.scrub()).parts).toBe(0);
  site.wait(7 * day + 1000);
  expect((await site.app.scrub()).parts).toBe(1);
});

test("a store that is away is no damage, and the scrub looks at the same parts again when it is back", async () => {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  let away = false;
  const site = await mount({
    blobs: {
      put: async (key, bytes) => void kept.set(key, bytes.slice()),
      get: async (key) => {
        if (away) throw new Error("away");
        return kept.get(key) ?? null;
      },
      remove: async (keys) => keys.forEach((key) => kept.delete(key)),
    },
  });
  const owner = await newOwner(site.send, base);
  const blobs = [];
  for (let i = 0; i < 5; i++) blobs.push(await owner.upload());
  await owner.append({ added: blobs });
  away = true;
  expect(await site.app.scrub()).toMatchObject({ damaged: 0, missing: 0, unreadable: 3 });
  expect(await site.app.damagedParts()).toEqual([]);
  away = false;
  expect(await site.app.scrub()).toMatchObject({ parts: 5, unreadable: 0 });
});

test("a figure of used bytes that has drifted is put right", async () => {
  const site = await mount();
  const { owner } = await liveBlob(site);
  await site.options.database.query.updateTable("folder").set({ used: 5 }).where("id", "=", owner.folder).execute();
  expect((await site.app.check()).counts).toEqual({ "used-drift": 1 });
  expect((await site.app.maintain()).recounted).toBe(1);
  expect(await owner.used()).toBe(1080);
  expect((await site.app.check()).clean).toBe(true);
});
