import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { codeOf, mount } from "../../test/mount.ts";
import { newId } from "../../test/owner.ts";
import { receiver, webhookSecret as secret, upload } from "../../test/receiver.ts";
import { keyfold } from "../app.ts";
import { verifyWebhook } from "./signature.ts";

const day = 24 * 3600 * 1000;

test("the host is told of uploads, locks and a full folder, signed, with ids, counts and times alone", async () => {
  const { got, url } = await receiver();
  const site = await mount({ webhooks: [{ url, secret }], limits: { quota: 1300 } });
  const { owner, blob } = await upload(site);
  expect((await owner.rekey()).status).toBe(200);
  await owner.signIn();
  for (let i = 0; i < 2; i++) expect(await codeOf(await owner.createBlobs({ blob: newId(), sealedSize: 1080 }))).toBe("quota");
  await expect.poll(async () => (await site.app.webhooks.deliver(), got.length)).toBe(4);
  const events = got.map(({ headers, body }) => verifyWebhook(headers, body, secret));
  const folder = owner.folder;
  expect(events.map(({ type, data }) => ({ type, data })).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))).toEqual([
    { type: "folder.locked", data: { folder, epoch: 1, seq: 3 } },
    { type: "quota.near", data: { folder, percent: 100, used: 1080, quota: 1300 } },
    { type: "quota.near", data: { folder, percent: 80, used: 1080, quota: 1300 } },
    { type: "upload.arrived", data: { folder, epoch: 0, seq: 1, blobs: 1, bytes: 1080 } },
  ]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(4);
  for (const { body } of got) {
    expect(body).not.toContain(blob);
    expect(body).not.toContain(Buffer.from(owner.readKey).toString("base64url"));
  }
});

test("a signature does not hold for another body, secret or time", async () => {
  const { got, url } = await receiver();
  const site = await mount({ webhooks: [{ url, secret }] });
  await upload(site);
  await expect.poll(async () => (await site.app.webhooks.deliver(), got.length)).toBe(1);
  const { headers, body } = got[0]!;
  const other = `whsec_${randomBytes(32).toString("base64")}`;
  expect(verifyWebhook(headers, body, [other, secret]).type).toBe("upload.arrived");
  expect(() => verifyWebhook(headers, body.replace("1080", "1081"), secret)).toThrow(/does not hold/);
  expect(() => verifyWebhook(headers, body, other)).toThrow(/does not hold/);
  expect(() => verifyWebhook(headers, body, secret, Date.now() + 301_000)).toThrow(/too old/);
  expect(() => verifyWebhook({ ...headers, "webhook-id": "msg_1" }, body, secret)).toThrow(/does not hold/);
});

test("an endpoint that fails, redirects or hangs up is tried again under the same id; at last it is a dead letter, which can be sent again", async () => {
  let mended = false;
  const { got, url } = await receiver((response, count) => {
    if (mended) response.end();
    else if (count % 3 === 0) response.destroy();
    else response.writeHead(count % 3 === 1 ? 500 : 302, { location: "/elsewhere" }).end();
  });
  const site = await mount({ webhooks: [{ url, secret, events: ["upload.arrived"] }] });
  await upload(site);
  await expect.poll(async () => (await site.app.webhooks.deliver(), got.length)).toBe(1);
  for (let i = 0; i < 9; i++) {
    expect((await site.app.webhooks.deliver()).delivered).toBe(0);
    site.wait(2 * day);
    await site.app.webhooks.deliver();
  }
  expect(got).toHaveLength(10);
  expect(new Set(got.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  const [letter, ...others] = await site.app.webhooks.deadLetters();
  expect(others).toEqual([]);
  expect(letter).toMatchObject({ url, attempts: 10, event: { type: "upload.arrived" } });
  mended = true;
  expect(await site.app.webhooks.retry(letter!.id)).toBe(true);
  expect(await site.app.webhooks.deliver()).toEqual({ delivered: 1, failed: 0, dead: 0 });
  expect(await site.app.webhooks.deadLetters()).toEqual([]);
});

test("410 ends an endpoint until the host enables it", async () => {
  let gone = true;
  const { got, url } = await receiver((response) => response.writeHead(gone ? 410 : 204).end());
  const site = await mount({ webhooks: [{ url, secret }] });
  await upload(site);
  await expect.poll(async () => (await site.app.webhooks.deliver(), (await site.app.webhooks.deadLetters()).length)).toBe(1);
  await upload(site);
  await expect.poll(async () => (await site.app.webhooks.deliver(), (await site.app.webhooks.deadLetters()).length)).toBe(2);
  expect(got).toHaveLength(1);
  gone = false;
  await site.app.webhooks.enable(url);
  for (const { id } of await site.app.webhooks.deadLetters()) await site.app.webhooks.retry(id);
  expect((await site.app.webhooks.deliver()).delivered).toBe(2);
});

test("several processes send each message once; what one had claimed when it ended is sent by another", async () => {
  const open: ServerResponse[] = [];
  let hold = false;
  const { got, url } = await receiver((response) => (hold ? open.push(response) : response.end()));
  const site = await mount({ webhooks: [{ url, secret }] });
  const { database, blobs } = site.options;
  const other = keyfold({ ...site.options, database, blobs });
  hold = true;
  await upload(site);
  await expect.poll(() => got.length).toBe(1); // it hangs with the first process
  expect(await other.webhooks.deliver()).toEqual({ delivered: 0, failed: 0, dead: 0 });
  hold = false;
  site.wait(61_000); // the claim is over
  expect(await other.webhooks.deliver()).toEqual({ delivered: 1, failed: 0, dead: 0 });
  expect(got.map(({ headers }) => headers["webhook-id"])).toEqual([got[0]!.headers["webhook-id"], got[0]!.headers["webhook-id"]]);
  for (const response of open) response.destroy();
});
