import { describe, expect, test, vi } from "vitest";
import { backupsOf } from "../../test/backup.ts";
import { make, meddler, namesIn, outline, textFile } from "../../test/devices.ts";
import { devicesForThisTest, devicesOnEmptyServer } from "../../test/devices-on-server.ts";
import { generateKey, memoryStore } from "../index.ts";
import { joinPage, splitPage } from "../protocol/record.ts";

// Servers are stopped and started, and devices wait for their turn.
vi.setConfig({ testTimeout: 60_000 });

const { devices, server } = devicesOnEmptyServer();
const { backUp, restore } = backupsOf(server);

describe("a server that shows another history", () => {
  test("is adopted only when the person says so; what was made here is made again there, and what cannot be is listed", async () => {
    const wire = meddler();
    const { folders, key } = await devices.locked(2, [{ fetch: wire.fetch }]);
    const [a, b] = folders;
    await make(a, "one", "shared");
    await a.upload([textFile("note.txt", "first")]);
    await b.refresh();
    const backup = await backUp();
    await make(a, "mine");
    await a.rename("/shared", "renamed here");
    await a.settled();
    await a.createDirectory("/mine/below");
    await a.move(["/note.txt"], "/mine");
    await a.settled();
    // Another device goes on from the backup before this one is back.
    wire.cut();
    await restore(backup);
    await make(b, "theirs");
    await b.trash(["/one"]);
    await b.settled();
    wire.mend();
    await expect(a.refresh()).rejects.toMatchObject({ code: "forked" });
    expect(a.state.problem).toMatchObject({ code: "forked", remedy: "adopt" });
    expect(namesIn(a)).toEqual([]);
    await expect(a.createDirectory("/x")).rejects.toMatchObject({ code: "forked" });
    await a.refresh().catch(() => undefined);
    expect(a.state.problem?.code).toBe("forked");

    const { lost } = await a.adopt();
    expect(lost).toEqual([]);
    await a.settled();
    await b.refresh();
    expect(outline(a)).toEqual(outline(b));
    expect(namesIn(a)).toEqual(["renamed here", "theirs", "mine"]);
    expect(namesIn(a, "/mine").toSorted()).toEqual(["below", "note.txt"]);
    const witness = await devices.using(devices.client().open(key));
    expect(outline(witness)).toEqual(outline(a));
    await expect(a.adopt()).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test("that is as long as this device's is noticed too", async () => {
    const wire = meddler();
    const { folders, key } = await devices.locked(2, [{ fetch: wire.fetch }]);
    const [a, b] = folders;
    const backup = await backUp();
    await make(a, "one");
    wire.cut();
    await restore(backup);
    await make(b, "other");
    wire.mend();
    await expect(a.refresh()).rejects.toMatchObject({ code: "forked" });
    await a.adopt();
    await a.settled();
    await b.refresh();
    expect(namesIn(b)).toEqual(["other", "one"]);
    const witness = await devices.using(devices.client().open(key));
    expect(outline(witness)).toEqual(outline(a));
  });

  test("that is another server with the same key's folder is forked, and adopted with everything that was here", async () => {
    const elsewhere = await devicesForThisTest();
    const key = generateKey();
    const theirs = await elsewhere.devices.using(elsewhere.devices.client().create({ key }));
    await make(theirs, "x", "y", "z", "w");
    let forking = false;
    const fetching: typeof fetch = (input, init) => {
      const url = input instanceof Request ? input.url : input.toString();
      return fetch(forking ? url.replace(server.url, elsewhere.server.url) : url, init);
    };
    const store = memoryStore();
    const folder = await devices.using(devices.client({ fetch: fetching, store }).create({ key }));
    expect(folder.id).toBe(theirs.id);
    await make(folder, "one", "two");
    await folder.upload([textFile("kept nowhere else.txt")]);
    await folder.refresh();
    forking = true;
    await expect(folder.refresh()).rejects.toMatchObject({ code: "forked" });
    expect(namesIn(folder)).toEqual([]);
    // Nothing is decided by a reload.
    await folder.close();
    const again = await devices.using(devices.client({ fetch: fetching, store }).open(key));
    expect(again.state.problem).toMatchObject({ code: "forked", remedy: "adopt" });
    expect(namesIn(again)).toEqual([]);
    const { lost } = await again.adopt();
    expect(lost.map(({ kind, name, reason }) => [kind, name, reason])).toEqual([["add", "kept nowhere else.txt", "content-lost"]]);
    await again.settled();
    await theirs.refresh();
    expect(namesIn(theirs)).toEqual(["x", "y", "z", "w", "one", "two"]);
    expect(outline(again)).toEqual(outline(theirs));
  });

  test("is not adopted where its records are broken, another folder's, or none at all", async () => {
    const key = generateKey();
    const store = memoryStore();
    let records: readonly Uint8Array[] | null = null;
    const seen: Uint8Array[] = [];
    const between: typeof fetch = async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const response = await fetch(input, init);
      if (!url.pathname.endsWith("/log") || (init?.method ?? "GET") !== "GET") return response;
      if (records === null) {
        seen.push(...splitPage(new Uint8Array(await response.clone().arrayBuffer())));
        return response;
      }
      const rest = records.slice(Number(url.searchParams.get("from")));
      const headers = {
        "keyfold-count": String(rest.length),
        "keyfold-epoch": "0",
        "keyfold-seq": String(Math.max(0, records.length - 1)),
      };
      return new Response(joinPage(rest), { headers });
    };
    const folder = await devices.using(devices.client({ fetch: between, store }).create({ key }));
    await make(folder, "one", "two", "three");
    seen.length = 0;
    await devices.using(devices.client({ fetch: between }).open(key));
    const [genesis, first] = seen as [Uint8Array, Uint8Array];
    const flipped = (record: Uint8Array, at: number): Uint8Array => record.map((byte, i) => (i === at ? byte ^ 1 : byte));
    records = [genesis];
    await expect(folder.refresh()).rejects.toMatchObject({ code: "rolled-back" });
    const place = await store.get(`folder/${folder.id}/place`);
    for (const wrong of [
      [flipped(genesis, 1)], // another mode: another folder
      [flipped(genesis, 40)],
      [genesis, flipped(first, first.length - 1)],
      [genesis, flipped(first, 40)],
      [first],
      [genesis, first.subarray(0, 30)],
      [],
    ]) {
      records = wrong;
      await expect(folder.adopt()).rejects.toMatchObject({ code: expect.stringMatching(/^(tampered|wrong-folder|malformed)$/) });
      expect(await store.get(`folder/${folder.id}/place`)).toEqual(place);
      expect(namesIn(folder)).toEqual(["one", "two", "three"]);
    }
    records = null;
    await folder.refresh();
    expect(folder.state.problem).toBeNull();
    await make(folder, "four");
  });
});
