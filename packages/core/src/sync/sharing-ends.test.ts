import { describe, expect, test, vi } from "vitest";
import { codeOf } from "../../test/code-of.ts";
import { meddler, textFile } from "../../test/devices.ts";
import { publications, sharingOnServer, soon, textOf } from "../../test/sharing.ts";
import { generateKey } from "../index.ts";

vi.setConfig({ testTimeout: 30_000 });

const { devices, server, clock, openLink, papers } = sharingOnServer();
const hour = 3_600_000;

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
    clock.ahead += hour + 2000;
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
      clock.ahead -= hour + 2000;
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
    await folder.upload([textFile("a.txt", "x")]);
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
    await folder.upload([textFile("notes.txt", "newer notes")], { to: "/papers", conflict: "replace" });
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
