import { describe, expect, test } from "vitest";
import { meddler, namesIn, outline, textFile, until } from "../../test/devices.ts";
import { devicesOnServer } from "../../test/devices-on-server.ts";
import { Http } from "../api/http.ts";
import { FolderApi, ServerApi } from "../api/client.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { deriveReaderKeys } from "../key/schedule.ts";
import { generateKey, memoryStore } from "../index.ts";
import { credentialOf } from "./access.ts";

const { devices, server } = devicesOnServer();

const PAGE = "https://example.com/";

describe("locking an open folder", () => {
  test("moves everything in it behind the key, and re-encrypts it to the last version", async () => {
    const folder = await devices.using(devices.client().create());
    await folder.upload([textFile("a.txt", "first")]);
    await folder.upload([textFile("a.txt", "second")], { conflict: "replace" });
    await folder.upload(
      Array.from({ length: 12 }, (_, i) => textFile(`${i}.txt`, `text ${i}`)),
      { to: "/many" },
    );
    await folder.upload([textFile("gone.txt", "in the trash")]);
    await folder.trash(["/gone.txt"]);
    const before = outline(folder).map((line) => line.split(" ")[0]);
    const key = generateKey();
    const steps: number[] = [];
    folder.subscribe(() => steps.push(folder.state.exposed.remaining));
    await folder.lock(key);
    expect(folder.state.exposed.total).toBe(15);
    await until(folder, () => folder.state.exposed.remaining === 0);
    await folder.settled();
    expect(folder.state.exposed).toEqual({ remaining: 0, total: 15 });
    expect(outline(folder).map((line) => line.split(" ")[0])).toEqual(before);

    const other = await devices.using(devices.client().open(key));
    expect(other.state.exposed).toEqual({ remaining: 0, total: 15 });
    expect(outline(other)).toEqual(outline(folder));
    expect(await (await other.download("/a.txt")).text()).toBe("second");
    const [old] = other.state.tree.resolve("/a.txt")!.versions;
    expect(await (await other.download("/a.txt", { version: old!.blob })).text()).toBe("first");
    expect(await (await other.download("/many/7.txt")).text()).toBe("text 7");
    await other.restore([{ node: other.state.tree.trash()[0]!.id }]);
    expect(await (await other.download("/gone.txt")).text()).toBe("in the trash");
    expect(steps.some((remaining) => remaining > 0 && remaining < 15) || steps.includes(15)).toBe(true);
  });

  test("leaves nothing to whoever has the published read key or an old token", async () => {
    const wire = meddler();
    let token = "";
    const fetching: typeof fetch = async (input, init) => {
      token = new Headers(init?.headers).get("keyfold-token") ?? token;
      return wire.fetch(input, init);
    };
    const folder = await devices.using(devices.client({ fetch: fetching }).create());
    await folder.upload([textFile("a.txt", "x")]);
    const open = new ServerApi(new Http({ server: server.url }));
    const { readKey } = await open.folder(folder.id);
    expect(readKey).not.toBeNull();
    const oldToken = token;
    await folder.lock(generateKey());

    expect((await open.folder(folder.id)).readKey).toBeNull();
    const answer = await fetch(`${server.url}/v1/folders/${folder.id}/log?from=0`, { headers: { "keyfold-token": oldToken } });
    expect(answer.status).toBe(401);
    const provider = webCryptoProvider();
    const reader = new FolderApi(new Http({ server: server.url }), folder.id);
    const keys = await deriveReaderKeys(provider, readKey!);
    reader.session.use(credentialOf(provider, { scope: "read", epoch: 0, keys }));
    await expect(reader.log(0)).rejects.toMatchObject({ code: "locked-elsewhere" });
    reader.session.use(credentialOf(provider, { scope: "read", epoch: 1, keys }));
    await expect(reader.log(0)).rejects.toMatchObject({ code: "session-refused" });
  });

  test("tells a reader, who sees nothing any more", async () => {
    const folder = await devices.using(devices.client().create());
    await folder.upload([textFile("a.txt", "x")]);
    const reader = await devices.using(devices.client().openLink(folder.link(PAGE)));
    expect(namesIn(reader)).toEqual(["a.txt"]);
    await folder.lock(generateKey());
    await reader.refresh().catch(() => undefined);
    expect(reader.state).toMatchObject({ status: "locked", access: "none", problem: { code: "locked-elsewhere" } });
    expect(namesIn(reader)).toEqual([]);
  });

  test("is done when its answer is lost", async () => {
    const wire = meddler();
    const folder = await devices.using(devices.client({ fetch: wire.fetch }).create());
    await folder.createDirectory("/d");
    let lost = false;
    wire.after = (request) => {
      if (lost || !request.endsWith("/rekey")) return undefined;
      lost = true;
      throw new TypeError("connection reset");
    };
    const key = generateKey();
    await folder.lock(key);
    expect(lost).toBe(true);
    expect(folder.state).toMatchObject({ status: "signed-in", epoch: 1 });
    expect(namesIn(await devices.using(devices.client().open(key)))).toEqual(["d"]);
  });

  test("is found done, or not done, by the next page after a crash in its middle", async () => {
    for (const crash of ["before", "after"] as const) {
      const store = memoryStore();
      const wire = meddler();
      const folder = await devices.client({ fetch: wire.fetch, store, remember: "device" }).create();
      await folder.createDirectory("/d");
      await folder.settled();
      let dead = false;
      wire.before = (request) => {
        if (crash === "before" && request.endsWith("/rekey")) dead = true;
        if (dead) throw new TypeError("page gone");
      };
      wire.after = (request) => {
        if (!request.endsWith("/rekey")) return undefined;
        dead = true;
        throw new TypeError("page gone");
      };
      const key = generateKey();
      const locking = folder.lock(key).catch((error: unknown) => error);
      await until(folder, () => dead);
      await folder.close();
      await locking;

      const next = await devices.using(devices.client({ store, remember: "device" }).openFolder(folder.id));
      expect(next.state.access).toBe("write");
      expect(next.state.status).toBe(crash === "before" ? "open" : "signed-in");
      expect(namesIn(next)).toEqual(["d"]);
      await next.createDirectory("/e");
      await next.settled();
    }
  }, 20_000);

  test("keeps what a page that died had not sent yet", async () => {
    const folder = await devices.using(devices.client().create());
    const key = generateKey();
    const changes = Promise.all(Array.from({ length: 50 }, (_, i) => folder.createDirectory(`/d${i}`)));
    await folder.lock(key);
    await changes;
    await folder.settled();
    const other = await devices.using(devices.client().open(key));
    expect(other.state.tree.count.directories).toBe(50);
  });
});

describe("a page that ends between a re-encryption's confirmation and the next moment", () => {
  test("leaves nothing for good: the next page clears it away", async () => {
    const store = memoryStore();
    const isKept = (key: string): boolean => /\/(reseal|draft)\//.test(key);
    const remains = async (): Promise<string[]> => (await store.keys("")).filter(isKept);
    // What the page would have erased last of all does not come to be.
    const dying = {
      ...store,
      batch: (writes: readonly (readonly [string, unknown])[]) =>
        store.batch(writes.filter(([key, value]) => value !== undefined || !isKept(key))),
    };
    const folder = await devices.client({ store: dying, remember: "device" }).create();
    await folder.upload(Array.from({ length: 5 }, (_, i) => textFile(`${i}.txt`, `text ${i}`)));
    const key = generateKey();
    await folder.lock(key);
    await until(folder, () => folder.state.exposed.remaining === 0 && folder.state.pending.length === 0);
    await folder.close();
    expect((await remains()).length).toBeGreaterThanOrEqual(10);

    const next = await devices.client({ store, remember: "device" }).openFolder(folder.id);
    expect(next.state).toMatchObject({ status: "signed-in", exposed: { remaining: 0 } });
    await next.close(); // waits for what it began
    expect(await remains()).toEqual([]);
    const other = await devices.using(devices.client().open(key));
    expect(await (await other.download("/3.txt")).text()).toBe("text 3");
  });
});

describe("rotating a key", () => {
  test("while another device writes loses nothing: what was not sent waits for the new key", async () => {
    const { folders, key } = await devices.locked(2);
    const [a, b] = folders;
    const next = generateKey();
    const writing = { on: true };
    const written: string[] = [];
    const writer = (async () => {
      for (let i = 0; writing.on && b.state.status === "signed-in"; i++) {
        try {
          await b.createDirectory(`/b${i}`);
          written.push(`b${i}`);
        } catch {
          break; // locked meanwhile
        }
        if (i % 3 === 0) await b.refresh().catch(() => undefined);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await until(b, () => b.state.seq >= 3);
    await a.lock(next);
    writing.on = false;
    await writer;
    await b.refresh().catch(() => undefined);
    expect(b.state).toMatchObject({ status: "locked", access: "none", problem: { code: "locked-elsewhere" } });

    await expect(b.signIn(key)).rejects.toMatchObject({ code: "old-key" });
    await expect(b.signIn(generateKey())).rejects.toMatchObject({ code: "wrong-key" });
    expect(b.state.status).toBe("locked");
    await b.signIn(next);
    await b.settled();
    expect(b.state).toMatchObject({ status: "signed-in", problem: null, pending: [] });
    await a.refresh();
    expect(namesIn(a).toSorted()).toEqual(written.toSorted());
    expect(outline(a)).toEqual(outline(b));
  });

  test("on two devices at once: one wins, the other is told", async () => {
    const key = generateKey();
    const a = await devices.using(devices.client().create({ key }));
    await a.createDirectory("/d");
    await a.settled();
    const b = await devices.using(devices.client().open(key));
    const keys = [generateKey(), generateKey()];
    const outcomes = await Promise.allSettled([a.lock(keys[0]!), b.lock(keys[1]!)]);
    const won = outcomes.findIndex(({ status }) => status === "fulfilled");
    const lost = outcomes[1 - won]!;
    expect(lost.status).toBe("rejected");
    expect(lost.status === "rejected" && lost.reason).toMatchObject({ code: "locked-elsewhere" });
    const loser = [a, b][1 - won]!;
    expect(loser.state).toMatchObject({ status: "locked", problem: { code: "locked-elsewhere" } });
    await loser.signIn(keys[won]!);
    expect(namesIn(loser)).toEqual(["d"]);
    await expect(devices.client().open(keys[1 - won]!)).rejects.toMatchObject({ code: "wrong-key" });
  });

  test("again and again is followed by a device that was away", async () => {
    const key = generateKey();
    const a = await devices.using(devices.client().create({ key }));
    await a.upload([textFile("a.txt", "x")]);
    const away = await devices.using(devices.client().open(key));
    await away.createDirectory("/made before");
    await away.settled();
    await a.refresh();
    const keys = [generateKey(), generateKey(), generateKey()];
    for (const next of keys) {
      await a.lock(next);
      await until(a, () => a.state.exposed.remaining === 0);
      await a.createDirectory(`/epoch ${a.state.epoch}`);
      await a.settled();
    }
    await away.refresh().catch(() => undefined);
    expect(away.state.status).toBe("locked");
    await expect(away.signIn(keys[1]!)).rejects.toMatchObject({ code: "old-key" });
    await away.signIn(keys[2]!);
    expect(outline(away)).toEqual(outline(a));
    expect(away.state.epoch).toBe(3);
    expect(await (await away.download("/a.txt")).text()).toBe("x");
  });

  test("refuses the key that the folder has already", async () => {
    const key = generateKey();
    const folder = await devices.using(devices.client().create({ key }));
    await expect(folder.lock(key)).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(folder.lock(new Uint8Array(63))).rejects.toMatchObject({ code: "invalid-argument" });
    expect(folder.state.status).toBe("signed-in");
    await folder.createDirectory("/still works");
    await folder.settled();
  });
});

describe("a device remembers", () => {
  test("the root of the open folder that it made, whatever else it remembers", async () => {
    const store = memoryStore();
    const first = await devices.client({ store }).create();
    await first.createDirectory("/d");
    await first.settled();
    await first.close();
    const client = devices.client({ store });
    expect(await client.lastFolder()).toBe(first.id);
    const again = await devices.using(client.openFolder(first.id));
    expect(again.state).toMatchObject({ status: "open", access: "write" });
    const key = generateKey();
    await again.lock(key);
    await again.close();
    const locked = await devices.using(devices.client({ store }).openFolder(first.id));
    expect(locked.state).toMatchObject({ status: "locked", access: "none", problem: null });
    await locked.signIn(key);
    expect(namesIn(locked)).toEqual(["d"]);
  });

  test("a locked folder's key as long as it was asked to, and not after signing out", async () => {
    const key = generateKey();
    const made = await devices.using(devices.client().create({ key }));
    for (const [remember, status] of [
      ["none", "locked"],
      ["tab", "signed-in"],
      ["device", "signed-in"],
    ] as const) {
      const store = memoryStore();
      const first = await devices.client({ store, remember }).open(key);
      await first.close();
      const again = await devices.using(devices.client({ store, remember }).openFolder(made.id));
      expect(again.state.status).toBe(status);
      if (status === "locked") continue;
      await again.createDirectory(`/by ${remember}`);
      await again.settled();
      await again.signOut();
      expect(again.state).toMatchObject({ status: "locked", access: "none", pending: [] });
      expect(namesIn(again)).toEqual([]);
      await again.close();
      const after = await devices.using(devices.client({ store, remember }).openFolder(made.id));
      expect(after.state.status).toBe("locked");
      expect(await devices.client({ store }).lastFolder()).toBeNull();
    }
  });

  test("that a folder was locked: a read key published later is not believed", async () => {
    const store = memoryStore();
    const folder = await devices.using(devices.client().create());
    const reader = await devices.client({ store }).openFolder(folder.id);
    const readKey = (await new ServerApi(new Http({ server: server.url })).folder(folder.id)).readKey;
    await folder.lock(generateKey());
    await reader.refresh().catch(() => undefined);
    await reader.close();

    await store.set(`folder/${folder.id}/place`, { epoch: 0, seq: 0, head: "00".repeat(32), locked: true });
    const wire = meddler();
    wire.after = (request) => {
      if (request !== `GET /folders/${folder.id}`) return undefined;
      const body = { folder: folder.id, epoch: 0, keyId: "0".repeat(32), open: true, readKey: Buffer.from(readKey!).toString("base64url") };
      return Response.json(body);
    };
    const again = await devices.using(devices.client({ store, fetch: wire.fetch }).openFolder(folder.id));
    expect(again.state).toMatchObject({ status: "locked", access: "none" });
    expect(wire.seen.some((request) => request.endsWith("/challenge"))).toBe(false);
  });
});

describe("a key", () => {
  test("of another folder, or of none, is told apart", async () => {
    const [one, two] = [generateKey(), generateKey()];
    const first = await devices.using(devices.client().create({ key: one }));
    await devices.using(devices.client().create({ key: two }));
    const locked = await devices.using(devices.client().openFolder(first.id));
    await expect(locked.signIn(two)).rejects.toMatchObject({ code: "wrong-folder" });
    await expect(locked.signIn(generateKey())).rejects.toMatchObject({ code: "wrong-key" });
    await expect(devices.client().openFolder("0".repeat(32))).rejects.toMatchObject({ code: "not-found" });
    await expect(devices.client().openFolder("not an id")).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(devices.client().openLink("https://example.com/elsewhere")).rejects.toMatchObject({ code: "invalid-argument" });
  });
});
