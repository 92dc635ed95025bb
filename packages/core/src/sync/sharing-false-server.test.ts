import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { meddler } from "../../test/devices.ts";
import { publications, sharingOnServer, textOf } from "../../test/sharing.ts";
import { toBase64url, toHex } from "../crypto/encoding.ts";
import { memoryStore, type KeyfoldError } from "../index.ts";
import { decodeServedManifest, encodeServedManifest } from "../protocol/share.ts";
import { readShareLink } from "../share/link.ts";

vi.setConfig({ testTimeout: 30_000 });

const { server, openLink, papers } = sharingOnServer();

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
