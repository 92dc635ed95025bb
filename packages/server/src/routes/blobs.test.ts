import {
  decodeReadBundle,
  encodeSentBundle,
  sha256,
  toBase64url,
  toHex,
  type BlobStanding,
  type SentBundle,
  type SentPart,
} from "@keyfold/core/protocol";
import { readdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { base, codeOf, mount, type TestMount } from "../../test/mount.ts";
import { bytesOf, hashOf, newId, newOwner, type Owner } from "../../test/owner.ts";
import { ranges } from "./blobs.ts";

const part = 4 * 2 ** 20;

async function pathOf(directory: string, blob: string, index = 0): Promise<string> {
  const names = await readdir(join(directory, "blobs"), { recursive: true });
  return join(
    directory,
    "blobs",
    names.find((name) => name.endsWith(`${blob}.${index}`))!,
  );
}

function sentPart(bytes = bytesOf(1080), blob = newId(), index = 0): SentPart {
  return { blob, index, hash: hashOf(bytes), bytes };
}

async function sendBundle(owner: Owner, parts: readonly SentPart[], create = true): Promise<Response> {
  return owner.call("POST", "/parts", { headers: create ? { "keyfold-create": "1" } : {}, body: encodeSentBundle(parts) });
}

async function statuses(response: Response): Promise<number[]> {
  return ((await response.json()) as SentBundle).parts.map(({ status }) => status);
}

describe("creating", () => {
  test("takes room, is idempotent for the same size, and is refused for another", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const blob = newId();
    expect(await (await owner.createBlobs({ blob, sealedSize: 5000 })).json()).toEqual({ blobs: [{ blob, state: "open" }] });
    expect((await owner.createBlobs({ blob, sealedSize: 5000 }, { blob, sealedSize: 5000 })).status).toBe(200);
    expect(await owner.used()).toBe(5000);
    const differs = await owner.createBlobs({ blob: newId(), sealedSize: 100 }, { blob, sealedSize: 5001 });
    expect(await differs.json()).toMatchObject({ code: "blob-differs", status: 409, blobs: [blob] });
    expect(await owner.used()).toBe(5000);
  });

  test("sizes that no file has, and sizes above the limit, are refused", async () => {
    const { send } = await mount({ limits: { maxFileSize: 10_000 } });
    const owner = await newOwner(send, base);
    for (const sealedSize of [0, 40, 55, 10_001, 2 ** 20 + 1])
      expect(await codeOf(await owner.createBlobs({ blob: newId(), sealedSize }))).toBe("sealed-size");
    expect(await codeOf(await owner.createBlobs({ blob: newId(), sealedSize: -1 }))).toBe("malformed");
    expect(await codeOf(await owner.createBlobs({ blob: newId(), sealedSize: 1.5 }))).toBe("malformed");
  });

  test("beyond the quota none of the list is made, and the numbers are told", async () => {
    const { send } = await mount({ limits: { quota: 10_000 } });
    const owner = await newOwner(send, base);
    await owner.createBlobs({ blob: newId(), sealedSize: 6000 });
    const [a, b] = [newId(), newId()];
    const refused = await owner.createBlobs({ blob: a, sealedSize: 3000 }, { blob: b, sealedSize: 3000 });
    expect(refused.status).toBe(507);
    expect(await refused.json()).toMatchObject({ code: "quota", used: 6000, quota: 10_000, needed: 6000 });
    expect(await owner.stateOf(a)).toBe("404");
    expect((await owner.createBlobs({ blob: a, sealedSize: 4000 })).status).toBe(200);
    // Many at once cannot take the same room.
    await owner.call("POST", "/blobs/discard", { body: { blobs: [a] } });
    const answers = await Promise.all(Array.from({ length: 10 }, () => owner.createBlobs({ blob: newId(), sealedSize: 1000 })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
    expect(await owner.used()).toBe(10_000);
  });
});

describe("a part", () => {
  test("is stored, listed, and read back", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const blob = newId();
    const [first, last] = [bytesOf(part), bytesOf(100)];
    await owner.createBlobs({ blob, sealedSize: part + 100 });
    expect((await owner.put(blob, 1, last)).status).toBe(204);
    expect(await (await owner.call("GET", `/blobs/${blob}`)).json()).toEqual({
      blob,
      state: "open",
      sealedSize: part + 100,
      stored: [[1, 1]],
    } satisfies BlobStanding);
    expect(await codeOf(await owner.call("GET", `/blobs/${blob}/hashes`))).toBe("incomplete");
    expect(await codeOf(await owner.call("GET", `/blobs/${blob}/parts/0`))).toBe("not-found");
    expect((await owner.put(blob, 0, first)).status).toBe(204);
    const hashes = new Uint8Array(await (await owner.call("GET", `/blobs/${blob}/hashes`)).arrayBuffer());
    expect(toHex(hashes)).toBe(toHex(hashOf(first)) + toHex(hashOf(last)));
    const read = await owner.call("GET", `/blobs/${blob}/parts/0`);
    expect(read.headers.get("cache-control")).toBe("no-store");
    expect(toHex(await sha256(new Uint8Array(await read.arrayBuffer())))).toBe(toHex(hashOf(first)));
  });

  test("of another size, with another hash, beyond the end, or without a hash is refused", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const blob = newId();
    await owner.createBlobs({ blob, sealedSize: 1080 });
    expect(await codeOf(await owner.put(blob, 0, bytesOf(1079)))).toBe("part-size");
    expect(await codeOf(await owner.put(blob, 0, bytesOf(1081)))).toBe("part-size");
    expect(await codeOf(await owner.put(blob, 0, bytesOf(part + 1)))).toBe("too-large");
    expect(await codeOf(await owner.put(blob, 1, bytesOf(1080)))).toBe("part-size");
    expect(await codeOf(await owner.put(blob, 0, bytesOf(1080), bytesOf(32)))).toBe("hash-mismatch");
    expect(await codeOf(await owner.call("PUT", `/blobs/${blob}/parts/0`, { body: bytesOf(1080) }))).toBe("malformed");
    expect(await codeOf(await owner.put(newId(), 0, bytesOf(1080)))).toBe("not-found");
    expect(await owner.stateOf(blob)).toBe("open");
  });

  test("sent again with the same hash is stored once; with another it is refused, whoever comes first", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const blob = newId();
    await owner.createBlobs({ blob, sealedSize: 1080 });
    const [a, b] = [bytesOf(1080), bytesOf(1080)];
    const answers = await Promise.all([a, b, a, b, a, b].map((bytes) => owner.put(blob, 0, bytes)));
    const codes = await Promise.all(answers.map(async (answer) => (answer.status === 204 ? "stored" : codeOf(answer))));
    expect(codes.toSorted()).toEqual(["part-differs", "part-differs", "part-differs", "stored", "stored", "stored"]);
    const winner = codes[0] === "stored" ? a : b;
    expect((await owner.put(blob, 0, winner)).status).toBe(204);
    const read = new Uint8Array(await (await owner.call("GET", `/blobs/${blob}/parts/0`)).arrayBuffer());
    expect(toHex(read)).toBe(toHex(winner));
    expect((await owner.append({ added: [blob] })).status).toBe(200);
  });

  test("that lies damaged or is missing in the store is never handed out", async () => {
    const { send, directory, lines } = await mount();
    const owner = await newOwner(send, base);
    const blob = await owner.upload();
    const path = await pathOf(directory, blob);
    const bytes = await readFile(path);
    bytes[500]! ^= 1;
    await writeFile(path, bytes);
    expect(await codeOf(await owner.call("GET", `/blobs/${blob}/parts/0`))).toBe("part-damaged");
    await writeFile(path, bytes.subarray(0, 100));
    expect(await codeOf(await owner.call("GET", `/blobs/${blob}/parts/0`))).toBe("part-damaged");
    await unlink(path);
    expect(await codeOf(await owner.call("GET", `/blobs/${blob}/parts/0`))).toBe("part-damaged");
    const bundle = await owner.call("POST", "/parts/read", { body: { parts: [[blob, 0]] } });
    expect(decodeReadBundle(new Uint8Array(await bundle.arrayBuffer()))).toEqual([{ blob, index: 0, bytes: null }]);
    expect(lines.filter(({ level }) => level === "error").map(({ code, route }) => [code, route.includes(":index")])).toEqual([
      ["part-damaged", true],
      ["part-damaged", true],
      ["part-damaged", true],
    ]);
    expect(JSON.stringify(lines)).not.toContain(blob);
  });
});

describe("a part of which the database knows nothing (it was restored from a backup, the store was not)", () => {
  async function forgotten({ options }: TestMount, blob: string): Promise<void> {
    const { query } = options.database;
    await query.deleteFrom("part").where("blob", "=", blob).execute();
    await query.deleteFrom("blob").where("id", "=", blob).execute();
  }

  test("is found again in the store, and can be added", async () => {
    const site = await mount();
    const { send } = site;
    const owner = await newOwner(send, base);
    const blob = newId();
    await owner.createBlobs({ blob, sealedSize: 1080 });
    const bytes = bytesOf(1080);
    await owner.put(blob, 0, bytes);
    const salvage = (index = 0, id = blob): Promise<Response> => owner.call("POST", `/blobs/${id}/parts/${index}/salvage`);
    await forgotten(site, blob);
    expect(await codeOf(await salvage())).toBe("not-found");
    await owner.createBlobs({ blob, sealedSize: 1080 });
    expect((await owner.append({ added: [blob] })).status).toBe(422);
    expect(await codeOf(await salvage(1))).toBe("part-size");
    expect((await salvage()).status).toBe(204);
    expect((await salvage()).status).toBe(204);
    const hashes = new Uint8Array(await (await owner.call("GET", `/blobs/${blob}/hashes`)).arrayBuffer());
    expect(toHex(hashes)).toBe(toHex(hashOf(bytes)));
    expect((await owner.append({ added: [blob] })).status).toBe(200);
    expect(toHex(new Uint8Array(await (await owner.call("GET", `/blobs/${blob}/parts/0`)).arrayBuffer()))).toBe(toHex(bytes));
  });

  test("is not there where the store has nothing, or something of another length; nor is another folder's", async () => {
    const site = await mount();
    const { send } = site;
    const [owner, other] = [await newOwner(send, base), await newOwner(send, base)];
    const blob = newId();
    await owner.createBlobs({ blob, sealedSize: 1080 });
    expect(await codeOf(await owner.call("POST", `/blobs/${blob}/parts/0/salvage`))).toBe("not-found");
    await owner.put(blob, 0, bytesOf(1080));
    await other.createBlobs({ blob, sealedSize: 1080 });
    expect(await codeOf(await other.call("POST", `/blobs/${blob}/parts/0/salvage`))).toBe("not-found");
    await forgotten(site, blob);
    await owner.createBlobs({ blob, sealedSize: 4000 });
    expect(await codeOf(await owner.call("POST", `/blobs/${blob}/parts/0/salvage`))).toBe("not-found");
  });
});

describe("giving up", () => {
  test("frees the room and removes the objects; what is live stays", async () => {
    const { send, app, directory } = await mount();
    const owner = await newOwner(send, base);
    const [kept, given] = [await owner.upload(), await owner.upload()];
    await owner.append({ added: [kept] });
    expect((await owner.call("POST", "/blobs/discard", { body: { blobs: [kept, given, newId()] } })).status).toBe(204);
    expect([await owner.stateOf(kept), await owner.stateOf(given)]).toEqual(["live", "410"]);
    expect(await owner.used()).toBe(1080);
    expect(await codeOf(await owner.put(given, 0, bytesOf(1080)))).toBe("gone");
    expect(await (await owner.createBlobs({ blob: given, sealedSize: 1080 })).json()).toMatchObject({ blobs: [{ state: "deleting" }] });
    await app.maintain();
    expect((await readdir(join(directory, "blobs"), { recursive: true })).some((name) => name.includes(given))).toBe(false);
    expect((await owner.append({ added: [given] })).status).toBe(422);
  });
});

describe("bundles", () => {
  test("bring many small files at once, with a status for each", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const existing = newId();
    await owner.createBlobs({ blob: existing, sealedSize: 2000 });
    const good = Array.from({ length: 120 }, () => sentPart());
    const twice = good[7]!;
    const bad = [
      { ...sentPart(), hash: bytesOf(32) }, // not its hash
      sentPart(bytesOf(1080), existing), // another size than it was made with
      sentPart(bytesOf(1080), newId(), 1), // not a whole blob
      { ...sentPart(bytesOf(1080), twice.blob) }, // another content under the same index
    ];
    const answer = await sendBundle(owner, [...good, twice, ...bad]);
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as SentBundle;
    expect(body.parts.slice(0, 121).every(({ status }) => status === 204)).toBe(true);
    expect(body.parts.slice(121).map(({ status, code }) => [status, code])).toEqual([
      [400, "hash-mismatch"],
      [409, "blob-differs"],
      [400, "part-size"],
      [409, "part-differs"],
    ]);
    expect((await owner.append({ added: good.map(({ blob }) => blob) })).status).toBe(200);
    expect(await owner.used()).toBe(120 * 1080 + 2000);
    // The same again, after a lost answer: the same statuses.
    expect(new Set(await statuses(await sendBundle(owner, good)))).toEqual(new Set([204]));
  });

  test("sizes that no blob has are refused whole, and so is what goes beyond the quota", async () => {
    const { send } = await mount({ limits: { quota: 2000 } });
    const owner = await newOwner(send, base);
    expect(await codeOf(await sendBundle(owner, [sentPart(bytesOf(10))]))).toBe("sealed-size");
    expect(await codeOf(await sendBundle(owner, [sentPart(), sentPart()]))).toBe("quota");
    expect(await owner.used()).toBe(0);
    expect(await codeOf(await owner.call("POST", "/parts", { body: bytesOf(70) }))).toBe("malformed");
    expect(await codeOf(await owner.call("POST", "/parts", { body: new Uint8Array(5 * 2 ** 20) }))).toBe("too-large");
  });

  test("without creation they carry parts of blobs that are there", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const blob = newId();
    await owner.createBlobs({ blob, sealedSize: part + 2000 });
    const answer = await sendBundle(owner, [sentPart(bytesOf(2000), blob, 1), sentPart()], false);
    expect(await statuses(answer)).toEqual([204, 404]);
    expect(((await (await owner.call("GET", `/blobs/${blob}`)).json()) as BlobStanding).stored).toEqual([[1, 1]]);
  });

  test("sent by many at once end with every part stored once", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const parts = Array.from({ length: 60 }, () => sentPart());
    const answers = await Promise.all([0, 10, 20, 30].map((from) => sendBundle(owner, parts.slice(from, from + 30))));
    for (const answer of answers) expect(new Set(await statuses(answer))).toEqual(new Set([204]));
    expect((await owner.append({ added: parts.map(({ blob }) => blob) })).status).toBe(200);
    expect(await owner.used()).toBe(60 * 1080);
  });

  test("to read: what fits into 4 MiB, what is missing told", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const blobs = await Promise.all(Array.from({ length: 5 }, () => owner.upload(2 ** 20)));
    const unknown = newId();
    const asked = [unknown, ...blobs].map((blob): [string, number] => [blob, 0]);
    const answer = await owner.call("POST", "/parts/read", { body: { parts: asked } });
    const parts = decodeReadBundle(new Uint8Array(await answer.arrayBuffer()));
    expect(parts.map(({ blob, bytes }) => [blob, bytes?.length ?? null])).toEqual([
      [unknown, null],
      ...blobs.slice(0, 4).map((blob) => [blob, 2 ** 20]),
    ]);
  });
});

test("a reader reads blobs, and changes nothing", async () => {
  const { send } = await mount();
  const owner = await newOwner(send, base);
  const blob = await owner.upload();
  await owner.signIn("read");
  expect((await owner.call("GET", `/blobs/${blob}/parts/0`)).status).toBe(200);
  expect(await codeOf(await owner.put(blob, 0, bytesOf(1080)))).toBe("read-only");
});

test("ranges", () => {
  expect(ranges([])).toEqual([]);
  expect(ranges([0, 1, 2, 5, 7, 8])).toEqual([
    [0, 3],
    [5, 1],
    [7, 2],
  ]);
});

test("ids of another folder's blobs open nothing here", async () => {
  const { send } = await mount();
  const [owner, other] = [await newOwner(send, base), await newOwner(send, base)];
  const blob = await owner.upload();
  for (const path of [`/blobs/${blob}`, `/blobs/${blob}/hashes`, `/blobs/${blob}/parts/0`])
    expect(await codeOf(await other.call("GET", path))).toBe("not-found");
  // The same blob id in two folders is two blobs.
  expect((await other.createBlobs({ blob, sealedSize: 2000 })).status).toBe(200);
  expect(toBase64url(hashOf(new Uint8Array(await (await owner.call("GET", `/blobs/${blob}/parts/0`)).arrayBuffer())))).toHaveLength(43);
});
