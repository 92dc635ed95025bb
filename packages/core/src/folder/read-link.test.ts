import { describe, expect, test, vi } from "vitest";
import { codeOf } from "../../test/code-of.ts";
import { meddler } from "../../test/devices.ts";
import { pathsOf, sharingOnServer, textOf } from "../../test/sharing.ts";
import { fromBase64url, toBase64url } from "../crypto/encoding.ts";
import { generateKey } from "../index.ts";

vi.setConfig({ testTimeout: 30_000 });

const { devices, server, papers } = sharingOnServer();

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
