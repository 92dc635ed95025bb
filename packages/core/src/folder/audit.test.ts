import { createHash } from "node:crypto";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { codeOf } from "../../test/code-of.ts";
import { make, meddler, textFile } from "../../test/devices.ts";
import { devicesOnServer } from "../../test/devices-on-server.ts";
import { generateKey, memoryStore, type AuditRecord, type Folder } from "../index.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { devices } = devicesOnServer();

async function allOf(folder: Folder): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  for await (const record of folder.audit()) records.push(record);
  return records;
}
const eventsIn = (records: readonly AuditRecord[]): string[] => records.map(({ event }) => event);
/** What happened, the oldest first, without what is counted by the hour. */
async function storyOf(folder: Folder): Promise<AuditRecord[]> {
  const records = await allOf(folder);
  return records.filter((record) => !("count" in record)).toReversed();
}
const firstOf = async (folder: Folder): Promise<unknown> => folder.audit().next();

test("an owner reads what happened, the newest first: upload, deletion, lock, share, download, taking back; who did it, and by which link", async () => {
  const began = Date.now();
  const key = generateKey();
  const store = memoryStore();
  const folder = await devices.using(devices.client({ store }).create());
  await folder.upload([textFile("a.txt", "some content")]);
  const uploaded = folder.state.tree.resolve("/a.txt")!;
  await folder.lock(key);
  await vi.waitFor(() => expect(folder.state.exposed.remaining).toBe(0), { timeout: 30_000 });
  await folder.settled();
  const { id, link } = await folder.share(["/a.txt"]);
  await folder.settled();
  const opened = await devices.client().openShare(link);
  await opened.download("/a.txt");
  opened.close();
  await folder.unshare(id);
  await folder.settled();
  const other = await devices.using(devices.client().open(key));
  await other.trash(["/a.txt"]);
  await other.settled();
  await other.purge([{ node: uploaded.id }]);
  await other.settled();
  await folder.refresh();

  const records = await allOf(folder);
  const plain = records.filter((record) => !("count" in record));
  expect(plain.map(({ at }) => at)).toEqual(plain.map(({ at }) => at).toSorted((a, b) => b - a));
  expect(plain.every(({ at }) => at >= began && at <= Date.now())).toBe(true);

  const story = plain.toReversed();
  const told = eventsIn(story).filter((event) => event !== "appended");
  expect(told).toEqual(["folder-created", "folder-locked", "share-published", "share-taken", "share-revoked"]);
  const mark = createHash("sha256").update(Buffer.from(id, "hex")).digest("hex").slice(0, 32);
  expect(story.filter((record) => "share" in record).map(({ share, mark: its }) => [share, its])).toEqual(
    Array.from({ length: 3 }, () => [id, mark]),
  );

  const at = (event: string): number => eventsIn(story).indexOf(event);
  const upload = story.slice(0, at("folder-locked")).find((record) => record.event === "appended");
  expect(upload).toMatchObject({ epoch: 0, blobs: 1, by: { here: true } });
  expect(upload?.event === "appended" && upload.bytes).toBeGreaterThan(12);
  expect(story[at("folder-locked")]).toMatchObject({ epoch: 1, by: { here: true } });
  // What was deleted came last, by the other device, and added nothing.
  expect(story.slice(-2)).toEqual([
    expect.objectContaining({ event: "appended", blobs: 0, bytes: 0, by: expect.objectContaining({ here: false }) }),
    expect.objectContaining({ event: "appended", blobs: 0, bytes: 0, seq: folder.state.seq, by: expect.objectContaining({ here: false }) }),
  ]);
  const signedIn = records.flatMap((record) => (record.event === "signed-in" ? [record] : []));
  expect(signedIn.length).toBeGreaterThan(0);
  for (const { count, last, scope } of signedIn) {
    expect([count >= 1, scope]).toEqual([true, "owner"]);
    expect(last).toBeGreaterThanOrEqual(began);
  }

  // Another device that came later knows neither the links that are no more nor who wrote what it cannot read.
  const late = await storyOf(await devices.using(devices.client().open(key)));
  expect(eventsIn(late)).toEqual(eventsIn(story));
  expect(late.find((record) => record.event === "appended")).toMatchObject({ epoch: 0, by: null });
  expect(late.at(-1)).toMatchObject({ seq: folder.state.seq, by: { here: false } });
});

test("who wrote an entry is known after a reload, too", async () => {
  const store = memoryStore();
  const key = generateKey();
  const folder = await devices.client({ store }).create({ key });
  await make(folder, "a", "b");
  const story = await storyOf(folder);
  await folder.close();
  const again = await devices.using(devices.client({ store }).open(key));
  expect(await storyOf(again)).toEqual(story);
  expect(story.filter((record) => "by" in record).every(({ by }) => by?.here === true)).toBe(true);
});

describe("a long one", () => {
  const count = 450;
  const between = meddler();
  let folder: Folder;
  const pages = (): number => between.seen.filter((request) => request.endsWith("/audit")).length;
  beforeAll(async () => {
    folder = await devices.client({ fetch: between.fetch }).create();
    for (let i = 0; i < count; i++) {
      await folder.createDirectory(`/${i}`);
      await folder.settled();
    }
    return () => folder.close();
  });
  afterEach(() => {
    between.after = () => undefined;
    between.seen.length = 0;
  });

  test("comes in pages, each asked for when the loop gets there, without a gap, and nothing twice", async () => {
    const seqs: number[] = [];
    for await (const record of folder.audit()) {
      if (record.event === "appended") seqs.push(record.seq);
      // One page is asked for, and the next one not before it.
      expect(pages()).toBe(Math.floor((seqs.length + (record.event === "appended" ? -1 : 0)) / 200) + 1);
    }
    expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    expect(seqs).toEqual(seqs.toSorted((a, b) => b - a));
  });

  test("may be left: nothing more is asked for", async () => {
    for await (const { event } of folder.audit()) if (event === "appended") break;
    expect(pages()).toBe(1);
  });

  test("what happens meanwhile moves nothing", async () => {
    const seqs: number[] = [];
    for await (const record of folder.audit()) {
      if (record.event !== "appended") continue;
      seqs.push(record.seq);
      if (seqs.length === 100) await make(folder, "meanwhile");
    }
    expect(seqs).toHaveLength(count);
    expect(new Set(seqs).size).toBe(count);
  });

  test("is given up by its signal: before it begins, between two records, while a page is on its way", async () => {
    const given = new AbortController();
    given.abort();
    expect(await codeOf(folder.audit({ signal: given.signal }).next())).toBe("cancelled");
    expect(pages()).toBe(0);

    const twoRecords = new AbortController();
    const loop = folder.audit({ signal: twoRecords.signal });
    await loop.next();
    twoRecords.abort();
    expect(await codeOf(loop.next())).toBe("cancelled");

    const onItsWay = new AbortController();
    between.after = (request) => {
      if (request.endsWith("/audit")) onItsWay.abort();
      return undefined;
    };
    expect(await codeOf(folder.audit({ signal: onItsWay.signal }).next())).toBe("cancelled");
  });
});

describe("whoever is no owner is told so, and the server is not asked", () => {
  test("by an open folder's link, and by a link to read", async () => {
    const folder = await devices.using(devices.client().create());
    expect(await firstOf(folder)).toMatchObject({ done: false });
    const reader = meddler();
    const byLink = await devices.using(devices.client({ fetch: reader.fetch }).openFolder(folder.id));
    expect(byLink.state.access).toBe("read");
    expect(await codeOf(firstOf(byLink))).toBe("read-only");

    const key = generateKey();
    await folder.lock(key);
    const toRead = await devices.using(
      devices.client({ fetch: reader.fetch }).openLink(await folder.readLink({ key, page: "https://example.com/" })),
    );
    expect(toRead.state.access).toBe("read");
    expect(await codeOf(firstOf(toRead))).toBe("read-only");
    expect(reader.seen.filter((request) => request.endsWith("/audit"))).toEqual([]);
  });

  test("without a key, signed out, and closed, also in the middle", async () => {
    const key = generateKey();
    const folder = await devices.client().create({ key });
    await make(folder, "a");
    const locked = await devices.using(devices.client().openFolder(folder.id));
    expect(locked.state.status).toBe("locked");
    expect(await codeOf(firstOf(locked))).toBe("key-needed");
    const other = await devices.client().open(key);
    await other.signOut();
    expect(await codeOf(firstOf(other))).toBe("key-needed");
    await other.close();
    await folder.close();
    expect(await codeOf(firstOf(folder))).toBe("cancelled");
  });

  test("once the folder has a newer key, or is deleted", async () => {
    const key = generateKey();
    const [folder, newer] = [await devices.using(devices.client().create({ key })), generateKey()];
    const behind = await devices.using(devices.client().open(key));
    await folder.lock(newer);
    expect(await codeOf(firstOf(behind))).toBe("locked-elsewhere");
    const other = await devices.using(devices.client().open(newer));
    await folder.deleteFolder();
    expect(await codeOf(firstOf(other))).toBe("gone");
  });
});
