import { createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { meddler, namesIn } from "../../test/devices.ts";
import { devicesOnServer } from "../../test/devices-on-server.ts";
import { Door, until } from "../../test/transfer-folder.ts";
import { generateKey, memoryStore, type Folder, type FolderChange, type TransferTotals } from "../index.ts";

const { devices } = devicesOnServer();
/** Takes connections and never answers. */
let silent: Server;
const sockets = new Set<Socket>();
beforeAll(async () => {
  silent = createServer((socket) => sockets.add(socket).values());
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

// On machines that do other things meanwhile.
vi.setConfig({ testTimeout: 60_000 });

const MiB = 2 ** 20;
const made = (): Promise<Folder> => devices.using(devices.client().create());

/** From when it says so, requests go to where nobody answers; `heard` resolves with the first. */
function falling(from: (path: string) => boolean) {
  const heard = Promise.withResolvers<void>();
  const port = (): number => (silent.address() as { port: number }).port;
  const through: typeof fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (!from(url.pathname)) return fetch(input, init);
    url.host = `127.0.0.1:${port()}`;
    heard.resolve();
    return fetch(url, init);
  };
  return { fetch: through, heard: heard.promise };
}

describe("a signal", () => {
  test("gives up making a folder, at once, and leaves nothing of it on the device", async () => {
    const store = memoryStore();
    const { fetch, heard } = falling((path) => path.endsWith("/folders"));
    const stop = new AbortController();
    const making = devices.client({ store, fetch }).create({ signal: stop.signal });
    await heard;
    stop.abort();
    await expect(making).rejects.toMatchObject({ code: "cancelled" });
    expect((await store.keys("")).filter((name) => name.endsWith("/root"))).toEqual([]);
  });

  test("gives up opening by key, id and link, whichever request hangs, and the next attempt works", async () => {
    const key = generateKey();
    const folder = await made();
    await folder.createDirectory("/d");
    await folder.settled();
    const link = folder.link("https://example.com/");
    for (const hangs of [/\/folders\/[0-9a-f]{32}$/, /\/log$/]) {
      const { fetch, heard } = falling((path) => hangs.test(path));
      const stop = new AbortController();
      const opening = devices.client({ fetch }).openLink(link, { signal: stop.signal });
      const outcome = expect(opening).rejects.toMatchObject({ code: "cancelled" });
      await heard;
      stop.abort();
      await outcome;
    }
    await folder.lock(key);
    const store = memoryStore();
    for (const hangs of [/\/keys\//, /\/log$/]) {
      const { fetch, heard } = falling((path) => hangs.test(path));
      const stop = new AbortController();
      const outcome = expect(devices.client({ store, fetch }).open(key, { signal: stop.signal })).rejects.toMatchObject({
        code: "cancelled",
      });
      await heard;
      stop.abort();
      await outcome;
    }
    expect(namesIn(await devices.using(devices.client({ store }).open(key)))).toEqual(["d"]);
    await expect(devices.client().openFolder(folder.id, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
  });

  test("gives up a link while it is being published, and nothing is shared", async () => {
    const between = meddler();
    const folder = await devices.using(devices.client({ fetch: between.fetch }).create());
    await folder.upload([new File(["x"], "x")]);
    const stop = new AbortController();
    let published = 0;
    between.after = (request, response) => {
      if (/^PUT .*\/shares\//.test(request)) stop.abort(void published++);
      return response;
    };
    await expect(folder.share(["/x"], { signal: stop.signal })).rejects.toMatchObject({ code: "cancelled" });
    expect(published).toBe(1);
    expect(between.seen.filter((request) => /^DELETE .*\/shares\//.test(request))).toHaveLength(1);
    await folder.refresh();
    expect(folder.shares.value).toEqual([]);
    await folder.share(["/x"], { signal: new AbortController().signal });
    expect(folder.shares.value).toHaveLength(1);
  });

  test("ends the waiting for what is queued, and not the sending of it", async () => {
    const door = new Door();
    const between = meddler();
    between.before = (request) => (/^POST .*\/log$/.test(request) ? door.pass() : undefined);
    const folder = await devices.using(devices.client({ fetch: between.fetch }).create());
    await folder.createDirectory("/kept");
    const stop = new AbortController();
    const settled = expect(folder.settled({ signal: stop.signal })).rejects.toMatchObject({ code: "cancelled" });
    const refreshed = expect(folder.refresh({ signal: stop.signal })).rejects.toMatchObject({ code: "cancelled" });
    await door.arrived(1);
    stop.abort();
    await Promise.all([settled, refreshed]);
    expect(folder.state.pending).toHaveLength(1);
    door.open();
    await folder.settled();
    expect(namesIn(await devices.using(devices.client().openLink(folder.link("https://example.com/"))))).toEqual(["kept"]);
  });
});

describe("an upload that was started", () => {
  test("is awaited as a promise, and tells how far it is until it is done", async () => {
    const folder = await made();
    const upload = folder.upload([new File([new Uint8Array(3 * MiB)], "a"), new File(["b"], "b")]);
    const seen: TransferTotals[] = [];
    for await (const totals of upload.progress) seen.push(totals);
    expect(seen.at(-1)).toMatchObject({ files: 2, done: 2, confirmed: 3 * MiB + 1, active: false });
    expect(seen.map(({ confirmed }) => confirmed)).toEqual(seen.map(({ confirmed }) => confirmed).toSorted((a, b) => a - b));
    expect((await upload).map(({ name }) => name)).toEqual(["a", "b"]);
    expect(upload.ids).toEqual(folder.uploads.value.map(({ id }) => id));
  });

  test("is paused, resumed and cancelled alone, and leaves the others be", async () => {
    const folder = await made();
    const upload = folder.upload([new File([new Uint8Array(9 * MiB)], "long")]);
    upload.pause();
    expect(folder.uploads.get(upload.ids[0]!)?.status).toBe("paused");
    const other = folder.upload([new File(["x"], "other")]);
    await other;
    expect(upload.progress.value).toMatchObject({ done: 0, paused: true });
    upload.resume();
    const [node] = await upload;
    expect(node).toMatchObject({ name: "long", current: { size: 9 * MiB } });

    const dropped = folder.upload([new File([new Uint8Array(9 * MiB)], "dropped")]);
    dropped.cancel();
    await expect(dropped).rejects.toMatchObject({ code: "cancelled" });
    await until(folder.uploads, () => folder.uploads.get(dropped.ids[0]!)?.status === "cancelled");
    expect(namesIn(folder).toSorted()).toEqual(["long", "other"]);
  });

  test("that failed is tried again by whoever holds it: its progress tells, its promise keeps the first failure", async () => {
    const between = meddler();
    const folder = await devices.using(devices.client({ fetch: between.fetch }).create());
    let refusals = 0;
    between.after = (request) => {
      if (!/^PUT .*\/parts\/1$/.test(request) || refusals > 0) return undefined;
      refusals++;
      return Response.json({ code: "refused" }, { status: 403, headers: { "content-type": "application/problem+json" } });
    };
    const upload = folder.upload([new File([new Uint8Array(9 * MiB)], "tried again")]);
    await expect(upload.finished).rejects.toMatchObject({ code: "refused" });
    const id = upload.ids[0]!;
    await until(folder.uploads, () => folder.uploads.get(id)?.status === "failed");
    expect(folder.uploads.get(id)?.error).toMatchObject({ code: "refused" });
    expect(upload.progress.value).toMatchObject({ done: 0, failed: 1 });
    expect(namesIn(folder)).toEqual([]);

    upload.retry();
    await until(folder.uploads, () => folder.uploads.get(id)?.status === "done");
    expect(folder.uploads.get(id)?.error).toBeNull();
    expect(upload.progress.value).toMatchObject({ done: 1, failed: 0, confirmed: 9 * MiB, active: false });
    await expect(upload).rejects.toMatchObject({ code: "refused" });
    await folder.settled();
    const witness = await devices.using(devices.client().openFolder(folder.id));
    expect((await witness.download("/tried again")).size).toBe(9 * MiB);
    // What had arrived before was not sent again.
    expect(between.seen.filter((request) => /^PUT .*\/parts\/0$/.test(request))).toHaveLength(1);
  });

  test("rejects for what is wrong with the call, and a save that fails is listed as failed", async () => {
    const folder = await made();
    await expect(folder.upload([new File(["x"], "")])).rejects.toMatchObject({ code: "invalid-name" });
    await folder.upload([new File(["x"], "x")]);
    const nowhere = folder.save(["/nowhere"]);
    await expect(nowhere).rejects.toMatchObject({ code: "not-found" });
    const save = folder.save(["/x"]);
    await expect(save.finished).rejects.toMatchObject({ code: "invalid-argument", reason: "no-browser" });
    expect(folder.transfers.get(save.ids[0]!)).toMatchObject({ direction: "download", status: "failed" });
  });
});

describe("a folder to loop over", () => {
  test("tells which nodes were touched, here and by another device, and ends with the folder or its signal", async () => {
    const folder = await made();
    const key = generateKey();
    await folder.lock(key);
    const other = await devices.using(devices.client().open(key));
    const stop = new AbortController();
    const ended = (async () => {
      for await (const _ of folder.changes({ signal: stop.signal }));
    })();
    const told: FolderChange[] = [];
    const heard = (async () => {
      for await (const change of folder.changes()) told.push(change);
    })();
    const { id } = await folder.createDirectory("/d");
    await folder.settled();
    await folder.rename("/d", "e");
    await folder.settled();
    await other.refresh();
    const elsewhere = await other.createDirectory("/from the other");
    await other.settled();
    await folder.refresh();
    const aborted = expect(ended).rejects.toMatchObject({ code: "cancelled" });
    stop.abort();
    await aborted;
    const { seq } = folder.state;
    await folder.close();
    await heard;
    expect(new Set(told.flatMap(({ nodes }) => nodes ?? []))).toEqual(new Set([id, elsewhere.id]));
    expect(told.map((change) => change.seq)).toEqual(told.map((change) => change.seq).toSorted((a, b) => a - b));
    expect(told.at(-1)?.seq).toBe(seq);
    expect(told.map((change) => Object.keys(change))).toEqual(told.map(() => ["seq", "nodes"]));
  });

  test("lists live files with paths that resolve to them", async () => {
    const folder = await made();
    await folder.upload([new File(["1"], "a"), new File(["2"], "a")], { to: "/x/y" });
    await folder.upload([new File(["3"], "gone"), new File(["4"], "top")]);
    await folder.trash(["/gone"]);
    const files = [...folder.files()];
    expect(files.map(({ path }) => path).toSorted()).toEqual(["/top", "/x/y/a", "/x/y/a (2)"]);
    for (const { node, path } of files) expect(folder.state.tree.resolve(path)?.id).toBe(node.id);
    const below = folder.state.tree.resolve("/x")!.id;
    expect(Array.from(folder.files({ root: below }), ({ path }) => path)).toEqual(["/x/y/a", "/x/y/a (2)"]);
  });
});
