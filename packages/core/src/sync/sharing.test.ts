import { unzipSync } from "fflate";
import { describe, expect, test, vi } from "vitest";
import { codeOf } from "../../test/code-of.ts";
import { meddler, textFile } from "../../test/devices.ts";
import { pathsOf, publications, sharingOnServer, soon, textOf } from "../../test/sharing.ts";
import { bytesOf } from "../../test/transfer-folder.ts";
import { generateKey, memoryStore } from "../index.ts";

vi.setConfig({ testTimeout: 30_000 });

const { devices, server, openLink, papers } = sharingOnServer();

describe("a link to a directory and a file", () => {
  test("opens for whoever has it, follows what two devices change, and is counted as one download", async () => {
    const wire = meddler();
    const published = publications(wire);
    const { key, folder: a } = await papers({ fetch: wire.fetch });
    const b = await devices.using(devices.client({ fetch: wire.fetch }).open(key));
    const { id, link } = await a.share(["/papers", "/other.txt", "/papers/notes.txt"]);
    expect(link).toMatch(new RegExp(`^${server.url}/share#[A-Za-z0-9_-]{64}$`));
    expect(await a.shareLink(id)).toBe(link);
    expect(await a.shareLink(id, "https://example.com/files?x=1#y")).toBe(`https://example.com/files#${link.split("#")[1]}`);
    await b.refresh();
    expect(await b.shareLink(id)).toBe(link);
    expect(b.shares.value).toMatchObject([{ id, expires: null }]);

    const share = await openLink(link);
    expect(share).toMatchObject({ id, version: 1, expires: null, left: null });
    expect(pathsOf(share.tree)).toEqual(["other.txt", "papers", "papers/2026", "papers/2026/return.pdf", "papers/notes.txt"]);
    expect(await textOf(share, "/papers/2026/return.pdf")).toBe("the return");
    expect(share.tree.resolve("/papers/notes.txt")!.current).toMatchObject({ type: "text/plain", size: 9, modified: 1764000000000 });
    const zip = unzipSync(await bytesOf(share.zip(["/papers"])));
    expect(new TextDecoder().decode(zip["papers/2026/return.pdf"])).toBe("the return");
    expect(Object.keys(zip).toSorted()).toEqual(["papers/", "papers/2026/", "papers/2026/return.pdf", "papers/notes.txt"]);

    await b.upload([textFile("new.txt", "new")], { to: "/papers" });
    await published(2);
    await share.refresh();
    expect(await textOf(share, "/papers/new.txt")).toBe("new");
    expect(share.version).toBe(2);

    await a.refresh();
    await a.rename("/papers/notes.txt", "remarks.txt");
    await a.upload([textFile("return.pdf", "the return, mended")], { to: "/papers/2026", conflict: "replace" });
    await a.trash(["/papers/new.txt"]);
    await a.settled();
    await share.refresh();
    await soon(async () => {
      await share.refresh();
      expect(pathsOf(share.tree)).toEqual(["other.txt", "papers", "papers/2026", "papers/2026/return.pdf", "papers/remarks.txt"]);
    });
    expect(await textOf(share, "/papers/2026/return.pdf")).toBe("the return, mended");

    await a.trash(["/papers"]);
    await a.settled();
    await soon(async () => {
      await share.refresh();
      expect(pathsOf(share.tree)).toEqual(["other.txt"]);
    });
    const again = await devices.using(devices.client().open(key));
    await soon(() => expect(again.shares.value).toMatchObject([{ id, status: "published", downloads: 1, limit: null, passphrase: false }]));
  });

  test("published by two devices at once is one version, the newer state's, and both leave it at that", async () => {
    const wire = meddler();
    const { key, folder: a } = await papers({ fetch: wire.fetch });
    const b = await devices.using(devices.client({ fetch: wire.fetch }).open(key));
    const { link } = await a.share(["/papers"]);
    await b.refresh();
    const share = await openLink(link);
    for (let round = 0; round < 4; round++) {
      await a.createDirectory(`/papers/${round}`);
      await a.settled();
      await b.refresh();
    }
    await soon(async () => {
      await Promise.all([a.refresh(), b.refresh()]);
      await share.refresh();
      expect(share.tree.children(share.tree.resolve("/papers")!.id)).toHaveLength(6);
    });
    const { version } = share;
    expect(version).toBeLessThanOrEqual(5);
    const before = wire.seen.filter((request) => request.startsWith("PUT") && request.includes("/shares/")).length;
    await Promise.all([a.refresh(), b.refresh()]);
    await Promise.all([a.close(), b.close()]); // whatever was under way has ended
    await share.refresh();
    expect(share.version).toBe(version);
    expect(wire.seen.filter((request) => request.startsWith("PUT") && request.includes("/shares/")).length).toBe(before);
  });

  test("of 300 files shows and zips all of them", async () => {
    const folder = await devices.using(devices.client().create({ key: generateKey() }));
    await folder.upload(
      Array.from({ length: 300 }, (_, i) => textFile(`${i}.txt`, `text ${i}`)),
      { to: "/many" },
    );
    const { link } = await folder.share(["/many"]);
    const share = await openLink(link);
    expect(share.tree.count).toEqual({ files: 300, directories: 1 });
    const zip = unzipSync(await bytesOf(share.zip()));
    for (let i = 0; i < 300; i++) expect(new TextDecoder().decode(zip[`many/${i}.txt`])).toBe(`text ${i}`);
  });

  test("of a file of several parts is read in ranges, and errors where the server changes a byte", async () => {
    const folder = await devices.using(devices.client().create({ key: generateKey() }));
    const content = new Uint8Array(9 * 2 ** 20).map((_, i) => i % 251);
    await folder.upload([new File([content], "large.bin")]);
    const { link } = await folder.share(["/large.bin"]);
    const wire = meddler();
    const share = await openLink(link, undefined, { fetch: wire.fetch });
    expect(Buffer.compare(await bytesOf(share.stream("/large.bin")), content)).toBe(0);
    expect(
      Buffer.compare(
        await bytesOf(share.stream("/large.bin", { start: 5_000_000, end: 5_000_100 })),
        content.subarray(5_000_000, 5_000_100),
      ),
    ).toBe(0);
    wire.after = async (request, response) => {
      if (!request.endsWith("/parts/1")) return undefined;
      const bytes = new Uint8Array(await response.arrayBuffer());
      bytes[17]! ^= 1;
      return new Response(bytes, response);
    };
    expect(await codeOf(bytesOf(share.stream("/large.bin")))).toBe("tampered");
  });
});

describe("a page that ends", () => {
  test("between publishing and the log leaves no link: the next one takes it back", async () => {
    const store = memoryStore();
    const wire = meddler();
    const { key, folder } = await papers({ store, remember: "device", fetch: wire.fetch });
    let id = "";
    let dead = false;
    wire.before = () => {
      if (dead) throw new TypeError("page gone");
    };
    wire.after = (request, response) => {
      const found = /^PUT \/folders\/\w+\/shares\/(\w+)$/.exec(request)?.[1];
      if (found === undefined || !response.ok) return undefined;
      id = found;
      dead = true;
      return undefined;
    };
    const sharing = folder.share(["/papers"]).catch((error: unknown) => error);
    await soon(() => expect(dead).toBe(true));
    const standing = (): Promise<number> => fetch(`${server.url}/v1/shares/${id}`).then(({ status }) => status);
    expect(await standing()).toBe(200);
    await store.batch((await store.keys(`folder/${folder.id}/outbox/`)).map((kept) => [kept, undefined])); // it died before it kept the change
    await folder.close();
    await sharing;
    const next = await devices.using(devices.client({ store, remember: "device" }).open(key));
    await soon(async () => expect(await standing()).toBe(410));
    expect(next.shares.value).toEqual([]);
  });

  test("is nobody's loss where the server refuses: nothing is shared", async () => {
    const wire = meddler();
    const { folder } = await papers({ fetch: wire.fetch });
    wire.after = (request) =>
      request.startsWith("PUT") && request.includes("/shares/")
        ? Response.json({ code: "internal" }, { status: 500, headers: { "content-type": "application/problem+json" } })
        : undefined;
    await expect(folder.share(["/papers"])).rejects.toMatchObject({ code: "server-failed" });
    expect(folder.shares.value).toEqual([]);
    await expect(folder.share(["/nothing"])).rejects.toMatchObject({ code: "not-found" });
    await expect(folder.share([])).rejects.toMatchObject({ code: "invalid-argument" });
  });
});
