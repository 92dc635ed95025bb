import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { Devices, meddler, type Meddler } from "../../test/devices.ts";
import { localServer, type LocalServer } from "../../test/local-server.ts";
import { fromBase64url, toBase64url, toHex } from "../crypto/encoding.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { generateKey, memoryStore, type Folder, type KeyfoldError, type OpenedShare, type TreeView } from "../index.ts";
import { decodeServedManifest, encodeServedManifest } from "../protocol/share.ts";
import { readShareLink } from "../share/link.ts";
import { shareIdOf } from "../share/secrets.ts";

vi.setConfig({ testTimeout: 30_000 });

let server: LocalServer;
let devices: Devices;
/** Milliseconds by which the server's clock is ahead. */
let ahead = 0;
beforeAll(async () => {
  server = await localServer({ clock: () => Date.now() + ahead });
  devices = new Devices(server.url);
});
const opened: OpenedShare[] = [];
afterEach(async () => {
  for (const share of opened.splice(0)) share.close();
  await devices.close();
});
afterAll(() => server.remove());

const provider = webCryptoProvider();
const hour = 3_600_000;

function withText(name: string, text: string): File {
  return new File([text], name, { type: "text/plain", lastModified: 1764000000000 });
}

/** Opens a link as somebody who has nothing but it. */
async function openLink(link: string, passphrase?: string, options: Parameters<Devices["client"]>[0] = {}): Promise<OpenedShare> {
  const share = await devices.client(options).openShare(link, passphrase === undefined ? {} : { passphrase });
  opened.push(share);
  return share;
}

function pathsOf(tree: TreeView): string[] {
  return Array.from(tree.descend(null), (node) =>
    tree
      .path(node.id)
      .map(({ displayName }) => displayName)
      .join("/"),
  ).toSorted();
}

async function textOf(source: OpenedShare | Folder, path: string): Promise<string> {
  return (await source.download(path)).text();
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Resolves when something has published so many times through this wire. */
function publications(wire: Meddler): (count: number) => Promise<void> {
  let seen = 0;
  const waiting: { count: number; resolve: () => void }[] = [];
  wire.after = (request, response) => {
    if (!/^PUT \/folders\/\w+\/shares\//.test(request) || !response.ok) return undefined;
    seen++;
    for (const { count, resolve } of waiting) if (seen >= count) resolve();
    return undefined;
  };
  return (count) => new Promise((resolve) => (seen >= count ? resolve() : waiting.push({ count, resolve })));
}

/** Looks again until it holds: what another device, or a server, comes to tells nobody here. */
function soon(check: () => unknown): Promise<unknown> {
  return vi.waitFor(check, { timeout: 15_000, interval: 20 });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error: KeyfoldError) => error.code,
  );
}

/** A locked folder on one device, with /papers/2026/return.pdf, /papers/notes.txt and /other.txt. */
async function papers(options: Parameters<Devices["client"]>[0] = {}): Promise<{ key: Uint8Array; folder: Folder }> {
  const key = generateKey();
  const folder = await devices.using(devices.client(options).create({ key }));
  await folder.upload([withText("return.pdf", "the return")], { to: "/papers/2026" });
  await folder.upload([withText("notes.txt", "the notes")], { to: "/papers" });
  await folder.upload([withText("other.txt", "not shared")]);
  return { key, folder };
}

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

    await b.upload([withText("new.txt", "new")], { to: "/papers" });
    await published(2);
    await share.refresh();
    expect(await textOf(share, "/papers/new.txt")).toBe("new");
    expect(share.version).toBe(2);

    await a.refresh();
    await a.rename("/papers/notes.txt", "remarks.txt");
    await a.upload([withText("return.pdf", "the return, mended")], { to: "/papers/2026", conflict: "replace" });
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
      Array.from({ length: 300 }, (_, i) => withText(`${i}.txt`, `text ${i}`)),
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

describe("a passphrase", () => {
  test("is asked for, may be typed in any Unicode form, and is known to no server and no other device", async () => {
    const wire = meddler();
    const published = publications(wire);
    const { key, folder: a } = await papers();
    const { id, link } = await a.share(["/papers"], { passphrase: "Ångström ﬁle" });
    expect(await codeOf(openLink(link))).toBe("passphrase-needed");
    expect(await codeOf(openLink(link, "angstrom"))).toBe("wrong-passphrase");
    expect(await textOf(await openLink(link, "Ångström file"), "/papers/notes.txt")).toBe("the notes");
    await a.close();

    // Another device republishes without ever having been told it.
    const b = await devices.using(devices.client({ fetch: wire.fetch }).open(key));
    await b.upload([withText("new.txt", "new")], { to: "/papers" });
    await published(1);
    expect(await codeOf(openLink(link, ""))).toBe("invalid-argument");
    const share = await openLink(link, "Ångström ﬁle");
    expect(share.version).toBe(2);
    expect(await textOf(share, "/papers/new.txt")).toBe("new");
    await soon(() => expect(b.shares.value).toMatchObject([{ id, passphrase: true }]));
  });

  test("stays, though the server says that there never was one", async () => {
    const wire = meddler();
    const { key, folder: a } = await papers();
    const { link } = await a.share(["/papers"], { passphrase: "secret" });
    await a.close();
    wire.after = async (request, response) => {
      if (!/^GET \/folders\/\w+\/shares$/.test(request)) return undefined;
      return new Response((await response.text()).replaceAll(/,"kept":"[^"]+"/g, ""), response);
    };
    const b = await devices.using(devices.client({ fetch: wire.fetch }).open(key));
    const problems: KeyfoldError[] = [];
    b.onProblem((error) => problems.push(error));
    await b.upload([withText("new.txt", "new")], { to: "/papers" });
    await soon(() => expect(problems).toMatchObject([{ code: "tampered", reason: "tag" }]));
    const share = await openLink(link, "secret");
    expect(share.version).toBe(1);
    expect(await codeOf(openLink(link))).toBe("passphrase-needed");
  });

  test("can be guessed ten times in ten minutes, and then not even rightly", async () => {
    const { folder } = await papers();
    const { link } = await folder.share(["/papers"], { passphrase: "right" });
    const { secret } = readShareLink(link);
    const path = `${server.url}/v1/shares/${await shareIdOf(provider, secret)}/manifest`;
    const guess = async (): Promise<number> => {
      const token = toBase64url(provider.randomBytes(32));
      return (await fetch(path, { headers: { "keyfold-share": token } })).status;
    };
    // All at once: no more than ten are judged.
    const statuses = await Promise.all(Array.from({ length: 60 }, guess));
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(50);
    const error: KeyfoldError = await openLink(link, "right").then(
      () => expect.fail("opened"),
      (thrown: KeyfoldError) => thrown,
    );
    expect(error.code).toBe("rate-limited");
    expect(error.retryAfter).toBeGreaterThan(590);
    expect(error.retryAfter).toBeLessThanOrEqual(600);
    ahead += 601_000;
    try {
      await openLink(link, "right");
    } finally {
      ahead -= 601_000;
    }
  });
});

describe("a limit", () => {
  test("of one is for one of a hundred who come at once, who then reads on, and the others take nothing", async () => {
    const { folder } = await papers();
    const { link } = await folder.share(["/papers"], { limit: 1 });
    const shares = await Promise.all(Array.from({ length: 100 }, () => openLink(link)));
    expect(shares[0]!.left).toBe(1);
    const codes = await Promise.all(shares.map((share) => codeOf(share.download("/papers/notes.txt"))));
    expect(codes.toSorted()).toEqual([...Array.from({ length: 99 }, () => "limit-reached"), "none"]);
    const winner = shares[codes.indexOf("none")]!;
    expect(await textOf(winner, "/papers/2026/return.pdf")).toBe("the return");
    expect(Object.keys(unzipSync(await bytesOf(winner.zip())))).toHaveLength(4);
    const late = await openLink(link);
    expect(late.left).toBe(0);
    expect(await codeOf(late.download("/papers/notes.txt"))).toBe("limit-reached");
  });

  test("is not used up twice by an answer that was lost", async () => {
    const { folder } = await papers();
    const { link } = await folder.share(["/papers"], { limit: 1 });
    const wire = meddler();
    let lost = false;
    wire.after = (request) => {
      if (lost || !request.endsWith("/downloads")) return undefined;
      lost = true;
      throw new TypeError("connection reset");
    };
    const share = await openLink(link, undefined, { fetch: wire.fetch });
    expect(await textOf(share, "/papers/notes.txt")).toBe("the notes");
    expect(lost).toBe(true);
  });
});

describe("a link ends", () => {
  test("at its time, by the server's clock; an owner's device takes it out of the list", async () => {
    const { folder } = await papers();
    await expect(folder.share(["/papers"], { expires: Date.now() - 1 })).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(folder.share(["/papers"], { limit: 0 })).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(folder.share(["/papers"], { passphrase: "" })).rejects.toMatchObject({ code: "invalid-argument" });
    const { link } = await folder.share(["/papers"], { expires: new Date(Date.now() + hour) });
    const share = await openLink(link);
    expect(share.expires! - Date.now()).toBeGreaterThan(hour - 60_000);
    await textOf(share, "/papers/notes.txt");
    ahead += hour + 2000;
    try {
      expect(await codeOf(openLink(link))).toBe("expired");
      expect(await codeOf(share.refresh())).toBe("expired");
      expect(await codeOf(share.download("/papers/notes.txt"))).toBe("expired");
      await folder.createDirectory("/papers/later");
      await folder.settled();
      await soon(() => expect(folder.shares.value).toEqual([]));
      await folder.settled();
      await soon(async () => expect(["expired", "gone"]).toContain(await codeOf(openLink(link))));
    } finally {
      ahead -= hour + 2000;
    }
  });

  test("when it is taken back, for those too who are reading", async () => {
    const { folder } = await papers();
    const { id, link } = await folder.share(["/papers"]);
    const share = await openLink(link);
    await textOf(share, "/papers/notes.txt");
    await folder.unshare(id);
    expect(folder.shares.value).toEqual([]);
    expect(await codeOf(openLink(link))).toBe("gone");
    expect(await codeOf(share.refresh())).toBe("gone");
    expect(await codeOf(share.download("/papers/2026/return.pdf"))).toBe("gone");
    await expect(folder.unshare(id)).rejects.toMatchObject({ code: "not-found" });
    await expect(folder.shareLink(id)).rejects.toMatchObject({ code: "not-found" });
    // The files are where they were.
    expect(await textOf(folder, "/papers/notes.txt")).toBe("the notes");
  });

  test("as soon as the server is there, where it was not when it was taken back", async () => {
    const wire = meddler();
    const { folder } = await papers({ fetch: wire.fetch });
    const { id, link } = await folder.share(["/papers"]);
    wire.before = () => {
      throw new TypeError("offline");
    };
    expect(await codeOf(folder.unshare(id))).toBe("offline");
    expect(folder.shares.value).toEqual([]);
    await openLink(link);
    wire.before = () => undefined;
    await folder.refresh();
    await folder.settled();
    await soon(async () => expect(await codeOf(openLink(link))).toBe("gone"));
  }, 60_000);

  test("when the folder is locked or gets a new key", async () => {
    const folder = await devices.using(devices.client().create());
    await folder.upload([withText("a.txt", "x")]);
    const first = await folder.share(["/a.txt"]);
    const share = await openLink(first.link);
    const key = generateKey();
    await folder.lock(key);
    expect(folder.shares.value).toEqual([]);
    expect(await codeOf(openLink(first.link))).toBe("gone");
    expect(await codeOf(share.download("/a.txt"))).toBe("gone");

    const second = await folder.share(["/a.txt"]);
    expect(await textOf(await openLink(second.link), "/a.txt")).toBe("x");
    await folder.lock(generateKey());
    expect(await codeOf(openLink(second.link))).toBe("gone");
    await folder.settled();
    expect(folder.shares.value).toEqual([]);
  });
});

describe("revoke and re-encrypt", () => {
  test("makes worthless what a recipient kept: also of what was moved out, and of earlier versions; another link follows", async () => {
    const wire = meddler();
    const published = publications(wire);
    const { key, folder } = await papers({ fetch: wire.fetch });
    const { id, link } = await folder.share(["/papers"]);
    await published(1);
    const other = await folder.share(["/papers/notes.txt"]);
    await published(2);
    const token = { text: "" };
    const share = await openLink(link, undefined, {
      fetch: (input, init) => {
        token.text = new Headers(init?.headers).get("keyfold-token") ?? token.text;
        return fetch(input, init);
      },
    });
    const follower = await openLink(other.link);
    await textOf(share, "/papers/notes.txt");
    const kept = Array.from(share.tree.descend(null)).flatMap(({ current }) => (current === null ? [] : [current.blob]));
    expect(kept).toHaveLength(2);
    // One leaves the directory, one gets another version, before the link is taken back.
    await folder.move(["/papers/2026/return.pdf"], "/");
    await folder.settled();
    await published(3);
    await folder.upload([withText("notes.txt", "newer notes")], { to: "/papers", conflict: "replace" });
    await published(5); // of both links
    await follower.refresh();
    const untouched = folder.state.tree.resolve("/other.txt")!.current!.blob;

    await folder.unshare(id, { reencrypt: true });
    await soon(() => expect(folder.state.exposed.remaining).toBe(0));
    await folder.settled();
    expect(folder.state.epoch).toBe(0);
    expect(folder.state.tree.resolve("/other.txt")!.current!.blob).toBe(untouched);

    const owner = await devices.using(devices.client().open(key));
    const versions = Array.from(owner.state.tree.descend(null)).flatMap(({ versions }) => versions.map(({ blob }) => blob));
    for (const blob of kept) {
      expect(versions).not.toContain(blob);
      const answer = await fetch(`${server.url}/v1/shares/${id}/blobs/${blob}/parts/0`, { headers: { "keyfold-token": token.text } });
      expect([404, 410]).toContain(answer.status);
    }
    // And not only to who had the link: the ciphertext is gone, for owners too.
    const tokenOf = await ownerToken(key);
    for (const blob of kept) {
      const answer = await fetch(`${server.url}/v1/folders/${folder.id}/blobs/${blob}/parts/0`, { headers: { "keyfold-token": tokenOf } });
      expect([404, 410]).toContain(answer.status);
    }
    expect(await textOf(owner, "/return.pdf")).toBe("the return");
    const [old] = owner.state.tree.resolve("/papers/notes.txt")!.versions;
    expect(await (await owner.download("/papers/notes.txt", { version: old!.blob })).text()).toBe("the notes");
    // The other link shows what was sealed anew, to those as well who have it open.
    expect(await textOf(follower, "/notes.txt")).toBe("newer notes");
    expect(await textOf(await openLink(other.link), "/notes.txt")).toBe("newer notes");
  });
});

/** A token of the folder's, as its owner's requests carry it. */
async function ownerToken(key: Uint8Array): Promise<string> {
  let token = "";
  const fetching: typeof fetch = (input, init) => {
    token = new Headers(init?.headers).get("keyfold-token") ?? token;
    return fetch(input, init);
  };
  await devices.using(devices.client({ fetch: fetching }).open(key));
  return token;
}

describe("a server that shows something else", () => {
  test("an older version after a newer one, in this page or in an earlier one, opens nothing", async () => {
    const ownerWire = meddler();
    const published = publications(ownerWire);
    const { folder } = await papers({ fetch: ownerWire.fetch });
    const { link } = await folder.share(["/papers"]);
    const wire = meddler();
    const answers: Uint8Array<ArrayBuffer>[] = [];
    let replay: Uint8Array<ArrayBuffer> | undefined;
    wire.after = async (request, response) => {
      if (!/^GET \/shares\/\w+\/manifest$/.test(request)) return undefined;
      const bytes = new Uint8Array(await response.arrayBuffer());
      answers.push(bytes);
      return new Response(replay ?? bytes, response);
    };
    const store = memoryStore();
    const share = await openLink(link, undefined, { fetch: wire.fetch, store });
    await folder.createDirectory("/papers/2027");
    await published(2);
    await share.refresh();
    expect(share.version).toBe(2);
    replay = answers[0]!;
    await expect(share.refresh()).rejects.toMatchObject({ code: "tampered", reason: "older" });
    expect(share.version).toBe(2);
    expect(share.tree.resolve("/papers/2027")).not.toBeUndefined();
    await expect(openLink(link, undefined, { fetch: wire.fetch, store })).rejects.toMatchObject({ code: "tampered", reason: "older" });
    // A device that never saw the newer one cannot know.
    expect((await openLink(link, undefined, { fetch: wire.fetch })).version).toBe(1);
  });

  test("another signer's manifest, or a changed one, opens nothing", async () => {
    const { folder } = await papers();
    const { link } = await folder.share(["/papers"]);
    const stranger = await papers();
    const theirs = await stranger.folder.share(["/papers"]);
    const wire = meddler();
    const manifestOf = async (of: string): Promise<Uint8Array<ArrayBuffer>> => {
      let body = new Uint8Array();
      const watching = meddler();
      watching.after = async (request, response) => {
        if (request.endsWith("/manifest")) body = new Uint8Array(await response.clone().arrayBuffer());
        return undefined;
      };
      await openLink(of, undefined, { fetch: watching.fetch });
      return body;
    };
    const [own, foreign] = [decodeServedManifest(await manifestOf(link)), decodeServedManifest(await manifestOf(theirs.link))];
    let served = own;
    wire.after = (request, response) =>
      request.endsWith("/manifest") ? new Response(new Uint8Array(encodeServedManifest(served)), response) : undefined;
    const reasonOf = async (): Promise<string> =>
      openLink(link, undefined, { fetch: wire.fetch }).then(
        () => "opened",
        ({ code, reason }: KeyfoldError) => `${code} ${reason}`,
      );
    expect(await reasonOf()).toBe("opened");
    served = foreign;
    expect(await reasonOf()).toBe("tampered signer");
    served = { ...foreign, signPub: own.signPub };
    expect(await reasonOf()).toBe("tampered signature");
    served = { ...own, version: 7 };
    expect(await reasonOf()).toBe("tampered signature");
    served = { ...own, expires: 1 };
    expect(await reasonOf()).toBe("tampered signature");
    served = { ...own, folderId: "ab".repeat(16) };
    expect(await reasonOf()).toBe("tampered signature");
  });

  test("has neither names nor passphrase nor link", async () => {
    const store = memoryStore();
    const { folder } = await papers({ store });
    const passphrase = "correct horse battery staple";
    const { link } = await folder.share(["/papers/notes.txt"], { passphrase });
    const { secret } = readShareLink(link);
    await textOf(await openLink(link, passphrase), "/notes.txt");
    const lines = await Promise.all(["keyfold.db", "keyfold.db-wal"].map((name) => readFile(join(server.dataDir, name))));
    const hidden = [
      Buffer.from("notes.txt"),
      Buffer.from("papers"),
      Buffer.from(passphrase),
      Buffer.from(secret),
      Buffer.from(toBase64url(secret)),
      Buffer.from(toHex(secret)),
    ];
    for (const bytes of lines) for (const needle of hidden) expect(bytes.includes(needle)).toBe(false);
    // The id, which the server has to know, is there: the search finds what there is.
    expect(lines.some((bytes) => bytes.includes(folder.shares.value[0]!.id))).toBe(true);
    // Nor does the owner's device keep them.
    for (const key of await store.keys("")) {
      const text = JSON.stringify(await store.get<unknown>(key)) ?? "";
      expect(text).not.toContain(passphrase);
      expect(text).not.toContain(toBase64url(secret));
    }
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

describe("a read-only link to the whole live folder", () => {
  const PAGE = "https://example.com/";

  test("reads what is there and what comes, and changes nothing", async () => {
    const { key, folder } = await papers();
    await expect(folder.readLink()).rejects.toMatchObject({ code: "key-needed" });
    await expect(folder.readLink({ key: generateKey() })).rejects.toMatchObject({ code: "wrong-key" });
    const link = await folder.readLink({ key, page: PAGE });
    expect(link).toMatch(new RegExp(`^${PAGE}f/${folder.id}#[A-Za-z0-9_-]{64}$`));
    const reader = await devices.using(devices.client().openLink(link));
    expect(reader.state).toMatchObject({ status: "signed-in", access: "read", problem: null });
    expect(await textOf(reader, "/other.txt")).toBe("not shared");
    await folder.createDirectory("/later");
    await folder.settled();
    await reader.refresh();
    expect(pathsOf(reader.state.tree)).toContain("later");
    expect(await codeOf(reader.createDirectory("/mine"))).toBe("read-only");
    expect(await codeOf(reader.lock(generateKey()))).toBe("read-only");
    expect(await codeOf(reader.share(["/papers"]))).toBe("read-only");
    // Whoever has it can hand it on: with the read key out of it.
    const read = fromBase64url(link.split("#")[1]!).slice(0, 32);
    expect(await reader.readLink({ key: read, page: PAGE })).toBe(link);
  });

  test("is taken back by a new key, and only by that", async () => {
    const { key, folder } = await papers();
    const link = await folder.readLink({ key, page: PAGE });
    const reader = await devices.using(devices.client().openLink(link));
    await folder.lock(generateKey());
    await reader.refresh().catch(() => undefined);
    expect(reader.state).toMatchObject({ status: "locked", access: "none", problem: { code: "locked-elsewhere" } });
    expect(pathsOf(reader.state.tree)).toEqual([]);
    expect(await codeOf(devices.client().openLink(link))).toBe("old-key");
  });

  test("of another folder, another key, or damaged, opens nothing", async () => {
    const [one, two] = [await papers(), await papers()];
    const [a, b] = [await one.folder.readLink({ key: one.key, page: PAGE }), await two.folder.readLink({ key: two.key, page: PAGE })];
    expect(await codeOf(devices.client().openLink(`${PAGE}f/${one.folder.id}#${b.split("#")[1]}`))).toBe("wrong-folder");
    expect(await codeOf(devices.client().openLink(a.slice(0, -1)))).toBe("invalid-argument");
    // The read key of one with the key id of the other.
    const mixed = toBase64url(
      new Uint8Array([...fromBase64url(b.split("#")[1]!).slice(0, 32), ...fromBase64url(a.split("#")[1]!).slice(32)]),
    );
    expect(await codeOf(devices.client().openLink(`${PAGE}f/${one.folder.id}#${mixed}`))).toBe("session-refused");
  });

  test("opens no other history than that of the keys it names", async () => {
    const { key, folder } = await papers();
    const link = await folder.readLink({ key, page: PAGE });
    // Who has the read key, and the server, make a folder of their own for it: other signing keys, the same reading ones.
    const wire = meddler();
    const other = await papers();
    const theirs = await other.folder.readLink({ key: other.key, page: PAGE });
    const mixed = toBase64url(
      new Uint8Array([...fromBase64url(theirs.split("#")[1]!).slice(0, 32), ...fromBase64url(link.split("#")[1]!).slice(32)]),
    );
    wire.fetch = async (input, init) => {
      const url = String(input instanceof Request ? input.url : input).replace(folder.id, other.folder.id);
      const response = await fetch(url, init);
      if (!/\/v1\/(keys|folders)\/\w+$/.test(url)) return response;
      const text = await response.text();
      const { keyId } = (await (await fetch(`${server.url}/v1/folders/${folder.id}`)).json()) as { keyId: string };
      const { keyId: own } = (await (await fetch(`${server.url}/v1/folders/${other.folder.id}`)).json()) as { keyId: string };
      return new Response(text.replaceAll(folder.id, other.folder.id).replaceAll(own, keyId), response);
    };
    const opening = devices.client({ fetch: wire.fetch }).openLink(`${PAGE}f/${other.folder.id}#${mixed}`);
    await expect(opening).rejects.toMatchObject({ code: "wrong-key", reason: "key-id" });
  });

  test("of an open folder is its link", async () => {
    const folder = await devices.using(devices.client().create());
    expect(await folder.readLink({ page: PAGE })).toBe(folder.link(PAGE));
  });
});
