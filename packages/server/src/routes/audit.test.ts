import { createHash } from "node:crypto";
import type { AuditPage } from "@keyfold/core/protocol";
import { expect, test } from "vitest";
import { base, codeOf, mount } from "../../test/mount.ts";
import { bytesOf, newId, newKeyring, newOwner, type Owner } from "../../test/owner.ts";

const day = 24 * 3600 * 1000;

async function rowsOf(owner: Owner): Promise<AuditPage["rows"]> {
  const rows: AuditPage["rows"] = [];
  let before = "";
  do {
    const page = (await (await owner.call("GET", `/audit${before}`)).json()) as AuditPage;
    rows.push(...page.rows);
    before = page.next === undefined ? "" : `?before=${page.next}`;
  } while (before !== "");
  return rows;
}

test("owners read what happened, newest first, and nobody else does", async () => {
  const { send } = await mount({ limits: { quota: 2000 } });
  const owner = await newOwner(send, base);
  const blob = await owner.upload();
  await owner.append({ added: [blob] });
  const share = newId();
  expect((await owner.publish(share)).status).toBe(200);
  await owner.call("DELETE", `/shares/${share}`);
  expect(await codeOf(await owner.createBlobs({ blob: newId(), sealedSize: 1080 }))).toBe("quota");
  const wrong = owner.answer(await owner.challenge(), newKeyring());
  for (let i = 0; i < 3; i++) expect(await codeOf(await send("POST", `${owner.path}/session`, { body: wrong }))).toBe("signature-refused");
  await owner.rekey();
  await owner.signIn();

  const rows = await rowsOf(owner);
  const mark = createHash("sha256").update(Buffer.from(share, "hex")).digest("hex").slice(0, 32);
  const plain = rows.map((row) => Object.assign({}, row, { at: undefined, last: undefined }));
  expect(plain.filter(({ event }) => !["signed-in", "session-refused", "quota-reached"].includes(event))).toEqual([
    { event: "folder-locked", epoch: 1, seq: 3 },
    { event: "share-revoked", share: mark },
    { event: "share-published", share: mark },
    { event: "appended", epoch: 0, seq: 1, count: 1, bytes: 1080 },
    { event: "folder-created" },
  ]);
  expect(plain.filter(({ event }) => event === "session-refused").reduce<number>((sum, { count }) => sum + (count ?? 0), 0)).toBe(3);
  expect(plain.filter(({ event }) => event === "signed-in").every(({ scope }) => scope === "owner")).toBe(true);
  expect(plain.some(({ event }) => event === "quota-reached")).toBe(true);
  expect(await codeOf(await owner.call("GET", "/audit?before=x"))).toBe("malformed");
  expect(await codeOf(await send("GET", `${owner.path}/audit`))).toBe("token-refused");
  await owner.signIn("read");
  expect(await codeOf(await owner.call("GET", "/audit"))).toBe("read-only");
});

test("it is read in pages, and keeps so many rows and days", async () => {
  const { send, app, wait } = await mount({ audit: { rows: 250, days: 30 } });
  const owner = await newOwner(send, base);
  for (let i = 0; i < 260; i++) await owner.append({ sealed: bytesOf(1052) });
  const seqs = (rows: AuditPage["rows"]) => rows.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
  expect(seqs(await rowsOf(owner))).toEqual(Array.from({ length: 260 }, (_, i) => 260 - i));
  await app.maintain();
  expect(await rowsOf(owner)).toHaveLength(250);
  wait(31 * day);
  await app.maintain();
  await owner.signIn();
  expect((await rowsOf(owner)).map(({ event }) => event)).toEqual(["signed-in"]);
});
