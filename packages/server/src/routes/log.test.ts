import { joinPage, splitPage, toBase64url, toHex } from "@keyfold/core/protocol";
import { expect, test } from "vitest";
import { base, codeOf, mount } from "../../test/mount.ts";
import { bytesOf, newId, newOwner, Owner } from "../../test/owner.ts";

test("an entry is appended, read back byte for byte, and counted", async () => {
  const { send } = await mount();
  const owner = await newOwner(send, base);
  const { wire, next } = await owner.entry();
  const appended = await owner.call("POST", "/log", { headers: { "keyfold-at": "1" }, body: joinPage([wire]) });
  expect(appended.status).toBe(200);
  expect(await appended.json()).toEqual({ seq: 1, head: toBase64url(next.head) });
  expect(appended.headers.get("keyfold-seq")).toBe("1");
  const page = await owner.call("GET", "/log?from=0");
  expect(page.headers.get("keyfold-count")).toBe("2");
  const records = [...splitPage(new Uint8Array(await page.arrayBuffer()))];
  expect(records.map((record) => record[0])).toEqual([0, 1]);
  expect(toHex(records[1]!)).toBe(toHex(wire));
});

test("a rekey", async () => {
  const { send } = await mount();
  const owner = await newOwner(send, base);
  for (let i = 0; i < 3; i++) expect((await owner.append()).status).toBe(200);
  const old = owner.token;
  const blob = await owner.upload();
  expect((await owner.rekey({ added: [blob] })).status).toBe(200);
  expect(await codeOf(await owner.call("GET", "/log?from=0"))).toBe("epoch-over");
  await owner.signIn();
  const page = await owner.call("GET", "/log?from=0");
  const records = [...splitPage(new Uint8Array(await page.arrayBuffer()))];
  expect(records.map((record) => record[0])).toEqual([0, 3, 3, 3, 2, 1]);
  expect(old).not.toBe(owner.token);
  void bytesOf;
  void newId;
  void Owner;
});
