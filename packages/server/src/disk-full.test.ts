import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeSentBundle, type SentBundle } from "@keyfold/core/protocol";
import { expect, test } from "vitest";
import { base, codeOf, mount } from "../test/mount.ts";
import { bytesOf, hashOf, newId, newOwner } from "../test/owner.ts";
import { smallDisk } from "../test/small-disk.ts";

test("a full disk is 507 storage-full for parts, bundles and entries; nothing acknowledged is lost; it goes on when there is room", async (context) => {
  const disk = (await smallDisk(12 * 2 ** 20)) ?? context.skip("NOT TESTED: a full disk needs the right to mount a tmpfs");
  const { send, lines } = await mount({}, disk);
  const owner = await newOwner(send, base);
  const ballast = join(disk, "ballast");
  await writeFile(ballast, bytesOf(6 * 2 ** 20));

  const stored: { blob: string; bytes: Uint8Array<ArrayBuffer> }[] = [];
  let refused = "";
  while (refused === "") {
    const [blob, bytes] = [newId(), bytesOf(700_000)];
    const created = await owner.createBlobs({ blob, sealedSize: bytes.length });
    const put = created.ok ? await owner.put(blob, 0, bytes) : created;
    if (put.ok) stored.push({ blob, bytes });
    else refused = await codeOf(put);
  }
  expect(refused).toBe("storage-full");
  expect(stored.length).toBeGreaterThan(3);

  // Entries, until the database finds no room either.
  let entry = await owner.append({ sealed: bytesOf(262_144) });
  for (let i = 0; i < 30 && entry.ok; i++) entry = await owner.append({ sealed: bytesOf(262_144) });
  expect(entry.status).toBe(507);
  expect(await codeOf(entry)).toBe("storage-full");
  const small = Array.from({ length: 20 }, () => ({ blob: newId(), bytes: bytesOf(100_000) }));
  const bundle = () =>
    owner.call("POST", "/parts", {
      headers: { "keyfold-create": "1" },
      body: encodeSentBundle(small.map(({ blob, bytes }) => ({ blob, index: 0, hash: hashOf(bytes), bytes }))),
    });
  const full = await bundle();
  if (full.ok) expect(((await full.json()) as SentBundle).parts.some(({ code }) => code === "storage-full")).toBe(true);
  else expect(await codeOf(full)).toBe("storage-full");

  for (const { blob, bytes } of stored) {
    const read = await owner.call("GET", `/blobs/${blob}/parts/0`);
    expect(hashOf(new Uint8Array(await read.arrayBuffer()))).toEqual(hashOf(bytes));
  }
  await rm(ballast);
  expect((await owner.append({ added: stored.map(({ blob }) => blob) })).status).toBe(200);
  const sent = (await (await bundle()).json()) as SentBundle;
  expect(new Set(sent.parts.map(({ status }) => status))).toEqual(new Set([204]));
  expect((await owner.append({ added: small.map(({ blob }) => blob) })).status).toBe(200);
  expect(lines.filter(({ code }) => code === "internal")).toEqual([]);
}, 30_000);
