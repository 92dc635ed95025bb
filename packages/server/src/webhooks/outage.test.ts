/** Endpoints that are away, slow, or never content. */
import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test, vi } from "vitest";
import { heldDatabase } from "../../test/held-database.ts";
import { codeOf, mount } from "../../test/mount.ts";
import { newId } from "../../test/owner.ts";
import { receiver, webhookSecret as secret, upload } from "../../test/receiver.ts";
import { verifyWebhook } from "./signature.ts";

const second = 1000;
const [minute, hour] = [60 * second, 3600 * second];
/** As docs/deploying.md has them. */
const waits = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour];
const nothing = { delivered: 0, failed: 0, dead: 0 };

test("an endpoint that is down for a day is tried at growing intervals, and hears all of it, signed anew, once it is back", async () => {
  const hook = await receiver();
  await hook.goDown();
  const site = await mount({ webhooks: [{ url: hook.url, secret }] });
  const { owner } = await upload(site);
  // The request's own attempt may have been under way.
  await expect.poll(() => waiting(site)).toEqual([{ attempts: 1, status: 0 }]);
  for (const [i, wait] of waits.slice(0, 5).entries()) {
    site.wait(wait - 2 * second);
    expect(await site.app.webhooks.deliver()).toEqual(nothing);
    site.wait(2 * second + wait / 10);
    expect(await site.app.webhooks.deliver()).toEqual({ ...nothing, failed: 1 });
    expect(await waiting(site)).toEqual([{ attempts: i + 2, status: 0 }]);
  }
  const happened = Date.now();
  await owner.signIn();
  for (let i = 0; i < 2; i++) expect((await owner.append({ added: [await owner.upload()] })).status).toBe(200);
  await expect.poll(async () => (await waiting(site)).map(({ attempts }) => attempts)).toEqual([1, 1, 6]);

  await hook.comeBack();
  site.wait(11 * hour);
  expect(await site.app.webhooks.deliver()).toEqual({ ...nothing, delivered: 3 });
  expect(await waiting(site)).toEqual([]);
  expect(new Set(hook.ids()).size).toBe(3);
  const now = site.options.clock!();
  const events = hook.got.map(({ headers, body }) => verifyWebhook(headers, body, secret, now));
  // In no certain order: what came first is in them.
  expect(new Set(events.map(({ data }) => data["seq"]))).toEqual(new Set([1, 2, 3]));
  const first = events.find(({ data }) => data["seq"] === 1)!;
  expect(Date.parse(first.timestamp)).toBeLessThanOrEqual(happened);
});

test("an endpoint that asks for more time is given it, up to an hour", async () => {
  let asked = "600";
  const hook = await receiver((response) => response.writeHead(503, { "retry-after": asked }).end());
  const site = await mount({ webhooks: [{ url: hook.url, secret }] });
  await upload(site);
  await expect.poll(() => waiting(site)).toEqual([{ attempts: 1, status: 503 }]);
  site.wait(590 * second);
  expect(await site.app.webhooks.deliver()).toEqual(nothing);
  asked = "99999999";
  site.wait(11 * second);
  expect(await site.app.webhooks.deliver()).toEqual({ ...nothing, failed: 1 });
  site.wait(hour - minute);
  expect(await site.app.webhooks.deliver()).toEqual(nothing);
  asked = "never";
  site.wait(minute + second);
  expect(await site.app.webhooks.deliver()).toEqual({ ...nothing, failed: 1 });
  site.wait(33 * minute);
  expect(await site.app.webhooks.deliver()).toEqual({ ...nothing, failed: 1 });
});

test("one that answers 500 for ever leaves a dead letter: in the log without its address, listed, sent again on demand, forgotten after 30 days", async () => {
  let mended = false;
  const hook = await receiver((response) => response.writeHead(mended ? 204 : 500).end());
  const site = await mount({ webhooks: [{ url: hook.url, secret }] });
  const { owner } = await upload(site);
  await expect.poll(() => waiting(site)).toEqual([{ attempts: 1, status: 500 }]);
  for (const wait of waits) {
    expect(await site.app.webhooks.deadLetters()).toEqual([]);
    site.wait(1.2 * wait);
    await site.app.webhooks.deliver();
  }
  expect(hook.got).toHaveLength(10);
  const [letter, ...others] = await site.app.webhooks.deadLetters();
  expect(others).toEqual([]);
  expect(letter).toMatchObject({
    url: hook.url,
    attempts: 10,
    status: 500,
    event: { type: "upload.arrived", data: { folder: owner.folder } },
  });
  const lines = site.lines.filter(({ code }) => code === "webhook-dead");
  expect(lines).toEqual([{ level: "error", code: "webhook-dead", status: 500, method: "POST", route: "webhooks" }]);
  expect(hook.ids()).toEqual(Array.from({ length: 10 }, () => `msg_${letter!.id}`));

  // It stays, and is not sent by itself.
  site.wait(29 * 24 * hour);
  await site.app.maintain();
  expect(await site.app.webhooks.deliver()).toEqual(nothing);
  expect(await site.app.webhooks.deadLetters()).toHaveLength(1);
  mended = true;
  expect(await site.app.webhooks.retry(letter!.id)).toBe(true);
  expect(await site.app.webhooks.retry(letter!.id)).toBe(false);
  expect(await site.app.webhooks.deliver()).toEqual({ ...nothing, delivered: 1 });
  expect(hook.ids().at(-1)).toBe(`msg_${letter!.id}`);
  expect(await site.app.webhooks.retry(letter!.id)).toBe(false);

  mended = false;
  await owner.signIn();
  await owner.append({ added: [await owner.upload()] });
  await expect.poll(() => waiting(site)).toEqual([{ attempts: 1, status: 500 }]);
  for (const wait of waits) {
    site.wait(1.2 * wait);
    await site.app.webhooks.deliver();
  }
  expect(await site.app.webhooks.deadLetters()).toHaveLength(1);
  site.wait(31 * 24 * hour);
  await site.app.maintain();
  expect(await site.app.webhooks.deadLetters()).toEqual([]);
});

test("one that takes its time keeps nobody waiting: not the other endpoints, not requests; after 15 seconds it has failed", async () => {
  const limits: { ms: number; end: () => void }[] = [];
  const timeout = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const own = new AbortController();
    limits.push({ ms, end: () => own.abort() });
    return own.signal;
  });
  const open: ServerResponse[] = [];
  const slow = await receiver((response) => open.push(response));
  const quick = await receiver();
  const site = await mount({ webhooks: [slow, quick].map(({ url }) => ({ url, secret })) });
  try {
    const { owner } = await upload(site);
    await expect.poll(() => [slow.got.length, quick.got.length]).toEqual([1, 1]);
    // More than are sent at a time, each while the slow one still keeps those before it.
    for (let i = 2; i <= 20; i++) {
      expect((await owner.append({ added: [await owner.upload()] })).status).toBe(200);
      await expect.poll(() => quick.got.length).toBe(i);
    }
    expect(open.length).toBe(slow.got.length);
    expect(new Set(limits.map(({ ms }) => ms))).toEqual(new Set([15 * second]));
    await expect.poll(async () => (await waiting(site)).length).toBe(20);

    /** The time of all attempts is over, once each has arrived. */
    const end = (): void => {
      if (limits.length === slow.got.length + quick.got.length) for (const limit of limits) limit.end();
    };
    await expect
      .poll(async () => {
        end();
        return (await waiting(site)).filter(({ status }) => status === 0).length;
      })
      .toBe(20);
    expect(new Set(slow.ids()).size).toBe(20);
    expect(slow.got).toHaveLength(20);
    site.wait(10 * second);
    // Whoever finds them due sends them: this call, or what the requests began.
    const delivering = site.app.webhooks.deliver();
    await expect.poll(() => (end(), slow.got.length)).toBe(40);
    await delivering;
    await expect.poll(() => waiting(site)).toEqual(Array.from({ length: 20 }, () => ({ attempts: 2, status: 0 })));
    expect(quick.got).toHaveLength(20);
  } finally {
    timeout.mockRestore();
    for (const response of open) response.destroy();
  }
});

test("what is committed while another request looks for something to send is sent with its own request", async () => {
  const hook = await receiver();
  const reached = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  let holding = false;
  const { options } = await mount();
  const database = heldDatabase(options.database, {
    async beforeCommit() {
      if (!holding) return;
      holding = false;
      reached.resolve();
      await release.promise;
    },
  });
  const site = await mount({ database, blobs: options.blobs, webhooks: [{ url: hook.url, secret }] });
  onTestFinished(() => release.resolve());
  const { owner } = await upload(site);
  await expect.poll(() => hook.got.length).toBe(1);
  await expect.poll(() => waiting(site)).toEqual([]);
  const blob = await owner.upload();
  holding = true;
  const appending = owner.append({ added: [blob] });
  await reached.promise;
  expect((await site.send("GET", "/v1")).status).toBe(200);
  // Nobody sees it yet. (SQLite's one connection is the batch's own.)
  if (options.database.name !== "sqlite") expect(await site.app.webhooks.deliver()).toEqual(nothing);
  release.resolve();
  expect((await appending).status).toBe(200);
  await expect.poll(() => hook.got.length).toBe(2);
});

test("that a folder is full is told, even when the database fails right after it was written down", async () => {
  const hook = await receiver();
  const { options } = await mount();
  let failing = false;
  const database = heldDatabase(options.database, {
    beforeCommit(kind) {
      if (failing && kind === "full") throw new Error("The process ended here.");
    },
  });
  const site = await mount({
    database,
    blobs: options.blobs,
    webhooks: [{ url: hook.url, secret, events: ["quota.near"] }],
    limits: { quota: 1300 },
  });
  const { owner } = await upload(site);
  await expect.poll(() => hook.got.length).toBe(1);
  failing = true;
  const refused = async () => codeOf(await owner.createBlobs({ blob: newId(), sealedSize: 1080 }));
  await refused();
  failing = false;
  expect(await refused()).toBe("quota");
  await expect.poll(async () => (await site.app.webhooks.deliver(), hook.got.length)).toBe(2);
  expect(verifyWebhook(hook.got[1]!.headers, hook.got[1]!.body, secret)).toMatchObject({ type: "quota.near", data: { percent: 100 } });
});

/** What is still to be told, the least tried first. */
async function waiting(site: Awaited<ReturnType<typeof mount>>): Promise<{ attempts: number; status: number | null }[]> {
  return site.options.database.query
    .selectFrom("webhook_message")
    .select(["attempts", "status"])
    .where("state", "=", "waiting")
    .orderBy("attempts")
    .execute();
}
