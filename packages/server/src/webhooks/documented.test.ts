/** Webhooks as docs/deploying.md describes them, to somebody who has read nothing else. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { expect, test } from "vitest";
import { mount } from "../../test/mount.ts";
import { receiver, webhookSecret as secret, upload, type Heard } from "../../test/receiver.ts";
import { keyfold } from "../app.ts";
import { verifyWebhook } from "./signature.ts";

/** Written after the page alone: "in a few lines". */
function verifiedByHand(
  { headers, body }: Heard,
  seenIds: Set<string>,
  now: number,
): { type: string; data: Record<string, unknown> } | "handled" {
  const [id, time, signatures] = ["id", "timestamp", "signature"].map((name) => String(headers[`webhook-${name}`]));
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const own = Buffer.from(`v1,${createHmac("sha256", key).update(`${id}.${time}.${body}`).digest("base64")}`);
  const holds = signatures!.split(" ").some((sent) => sent.length === own.length && timingSafeEqual(Buffer.from(sent), own));
  if (!holds || !(Math.abs(now / 1000 - Number(time)) <= 300)) throw new Error("refused");
  if (seenIds.has(id!)) return "handled";
  seenIds.add(id!);
  return JSON.parse(body) as { type: string; data: Record<string, unknown> };
}

test("a few lines that follow the page verify what comes: body, id and time are signed, it is good for five minutes, and a replay is known by its id", async () => {
  const hook = await receiver();
  const site = await mount({ webhooks: [{ url: hook.url, secret }] });
  const { owner } = await upload(site);
  await expect.poll(() => hook.got.length).toBe(1);
  const [heard] = hook.got as [Heard];
  expect(heard.headers["content-type"]).toBe("application/json");
  expect(heard.headers["webhook-id"]).toMatch(/^msg_[0-9a-f]{32}$/);
  expect(heard.headers["webhook-timestamp"]).toMatch(/^[0-9]{10}$/);
  expect(heard.headers["webhook-signature"]).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);

  const sent = Number(heard.headers["webhook-timestamp"]) * 1000;
  const seen = new Set<string>();
  const event = verifiedByHand(heard, seen, sent);
  expect(event).toEqual({
    type: "upload.arrived",
    timestamp: expect.any(String),
    data: { folder: owner.folder, epoch: 0, seq: 1, blobs: 1, bytes: 1080 },
  });
  expect({ ...(event as object), id: heard.headers["webhook-id"] }).toEqual(verifyWebhook(heard.headers, heard.body, secret, sent));
  // Sent once more by whoever recorded it: within five minutes its id tells, after that its time does, and neither can be changed.
  expect(verifiedByHand(heard, seen, sent + 299_000)).toBe("handled");
  const changed: Heard[] = [
    { ...heard, body: `${heard.body} ` },
    { ...heard, headers: { ...heard.headers, "webhook-id": `msg_${"0".repeat(32)}` } },
    { ...heard, headers: { ...heard.headers, "webhook-timestamp": String(sent / 1000 + 301) } },
    { ...heard, headers: { ...heard.headers, "webhook-signature": `v1,${"A".repeat(43)}=` } },
    { ...heard, headers: { ...heard.headers, "webhook-signature": "" } },
  ];
  for (const [forged, now] of [
    ...changed.map((one) => [one, sent] as const),
    [changed[2]!, sent + 301_000] as const,
    [heard, sent + 301_000] as const,
  ]) {
    expect(() => verifiedByHand(forged, new Set(), now)).toThrow("refused");
    expect(() => verifyWebhook(forged.headers, forged.body, secret, now)).toThrow(expect.objectContaining({ code: "tampered" }));
  }
});

test("the wait before the next attempt, and a retry, have a signature of their own time", async () => {
  let status = 500;
  const hook = await receiver((response) => response.writeHead(status).end());
  const site = await mount({ webhooks: [{ url: hook.url, secret }] });
  await upload(site);
  await expect.poll(() => hook.got.length).toBe(1);
  await expect.poll(() => site.options.database.query.selectFrom("webhook_message").select("status").execute()).toEqual([{ status: 500 }]);
  status = 204;
  site.wait(600_000);
  await site.app.webhooks.deliver();
  const [first, second] = hook.got as [Heard, Heard];
  const seen = new Set<string>();
  expect(verifiedByHand(first, seen, Date.now())).toMatchObject({ type: "upload.arrived" });
  expect(() => verifiedByHand(second, seen, Date.now())).toThrow("refused");
  expect(verifiedByHand(second, seen, Date.now() + 600_000)).toBe("handled");
  expect(second.body).toBe(first.body);
});

test.each([301, 302, 303, 307, 308])(
  "a redirect (%i) is a failure: where it leads to, a private address or another, nobody is asked",
  async (status) => {
    const elsewhere = await receiver();
    const hook = await receiver((response) => response.writeHead(status, { location: elsewhere.url.replace("/hook", "/metadata") }).end());
    const site = await mount({ webhooks: [{ url: hook.url, secret }] });
    await upload(site);
    await expect
      .poll(() => site.options.database.query.selectFrom("webhook_message").select(["attempts", "status"]).execute())
      .toEqual([{ attempts: 1, status }]);
    expect(hook.got).toHaveLength(1);
    expect(elsewhere.got).toEqual([]);
  },
);

test("the host's own addresses are asked as they are, inside its network too; others are refused when it starts", async () => {
  const hook = await receiver();
  const site = await mount();
  const { database, blobs } = site.options;
  for (const url of [
    hook.url,
    hook.url.replace("127.0.0.1", "localhost"),
    "http://[::1]:9/hook",
    "http://10.0.0.1/hook",
    "https://hooks.example.com/x",
  ])
    expect(() => keyfold({ database, blobs, webhooks: [{ url, secret }] })).not.toThrow();
  for (const url of [
    "",
    "/hook",
    "hook",
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "data:,x",
    "javascript:1",
    "http://user@127.0.0.1/",
    "http://:word@127.0.0.1/",
  ])
    expect(() => keyfold({ database, blobs, webhooks: [{ url, secret }] }), url).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  for (const weak of ["", "whsec_", secret.slice(6), "whsec_c2hvcnQ=", `${secret}!`, `whsec_${Buffer.alloc(65).toString("base64")}`])
    expect(() => keyfold({ database, blobs, webhooks: [{ url: hook.url, secret: weak }] }), weak).toThrow(/A webhook's secret is/);
});
