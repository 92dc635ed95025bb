import { toBase64url, type ShareStanding } from "@keyfold/core/protocol";
import { describe, expect, test } from "vitest";
import { codeOf, statusesOf, type TestMount } from "../../test/mount.ts";
import { bytesOf, newId } from "../../test/owner.ts";
import { listed, newShare, published, take, type TestShare } from "../../test/shared.ts";
import { networkOf } from "../limits/client-address.ts";

const minute = 60_000;
const hour = 60 * minute;

describe("a limit", () => {
  test("of one gives one of a hundred who come at once the download", async () => {
    const { site, owner, share } = await published({}, { limit: 1 });
    const answers = await Promise.all(Array.from({ length: 100 }, () => take(site, share)));
    expect(statusesOf(answers)).toEqual([200, ...Array.from({ length: 99 }, () => 403)]);
    expect(await listed(owner)).toMatchObject([{ limit: 1, downloads: 1 }]);
    expect(((await (await site.send("GET", share.path)).json()) as ShareStanding).left).toBe(0);
  });

  test("counts a download once, however often its request is sent, for a day", async () => {
    const { site, owner, share } = await published({}, { limit: 2 });
    const id = newId();
    expect(statusesOf(await Promise.all(Array.from({ length: 20 }, () => take(site, share, id))))).toEqual(
      Array.from({ length: 20 }, () => 200),
    );
    expect(await listed(owner)).toMatchObject([{ downloads: 1 }]);
    site.wait(23 * hour);
    expect((await take(site, share, id)).status).toBe(200);
    site.wait(2 * hour);
    expect((await take(site, share, id)).status).toBe(200);
    await owner.signIn();
    expect(await listed(owner)).toMatchObject([{ downloads: 2 }]);
    expect(await codeOf(await take(site, share))).toBe("share-spent");
    site.wait(25 * hour);
    await site.app.maintain();
    expect(await codeOf(await take(site, share, id))).toBe("share-spent");
  });
});

describe("a passphrase", () => {
  const kept = bytesOf(60);
  const wrong = (site: TestMount, share: TestShare, address?: string): Promise<Response> =>
    site.send("GET", `${share.path}/manifest`, {
      headers: { "keyfold-share": toBase64url(bytesOf(32)), ...(address === undefined ? {} : { "x-address": address }) },
    });
  const right = (site: TestMount, share: TestShare, address?: string): Promise<Response> =>
    site.send("GET", `${share.path}/manifest`, {
      headers: { ...share.headers, ...(address === undefined ? {} : { "x-address": address }) },
    });

  test("may be wrong ten times in ten minutes, from one address; a right one is no guess", async () => {
    const clientAddress = (request: Request): string | undefined => request.headers.get("x-address") ?? undefined;
    const { site, owner, share } = await published({ clientAddress }, { kept });
    expect(await listed(owner)).toMatchObject([{ kept: toBase64url(kept) }]);
    expect(((await (await site.send("GET", share.path)).json()) as ShareStanding).passphrase).toBe(true);
    for (let i = 0; i < 20; i++) expect((await right(site, share, "192.0.2.1")).status).toBe(200);
    for (let i = 0; i < 9; i++) expect(await codeOf(await wrong(site, share, "192.0.2.1"))).toBe("share-refused");
    site.wait(5 * minute);
    expect(await codeOf(await wrong(site, share, "192.0.2.1"))).toBe("share-refused");
    const refused = await wrong(site, share, "192.0.2.1");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(295);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(300);
    expect(await codeOf(await right(site, share, "192.0.2.1"))).toBe("rate-limited");
    // Another address has its own ten, and another share its own.
    expect((await right(site, share, "192.0.2.2")).status).toBe(200);
    const other = newShare();
    await owner.publish(other.id, { tokenHash: other.tokenHash, kept });
    expect((await right(site, other, "192.0.2.1")).status).toBe(200);
    // Those of the beginning are forgotten first, and being refused counts for nothing.
    site.wait(5 * minute + 1000);
    expect((await right(site, share, "192.0.2.1")).status).toBe(200);
    site.wait(10 * minute);
    await site.app.maintain();
    for (let i = 0; i < 10; i++) expect(await codeOf(await wrong(site, share, "192.0.2.1"))).toBe("share-refused");
    expect((await wrong(site, share, "192.0.2.1")).status).toBe(429);
  });

  test("is not guessed faster by many at once, nor from many addresses", async () => {
    const clientAddress = (request: Request): string | undefined => request.headers.get("x-address") ?? undefined;
    const { site, share } = await published({ clientAddress }, { kept });
    const one = await Promise.all(Array.from({ length: 50 }, () => wrong(site, share, "192.0.2.1")));
    expect(one.filter(({ status }) => status === 401)).toHaveLength(10);
    const many = await Promise.all(Array.from({ length: 200 }, (_, i) => wrong(site, share, `198.51.100.${i}`)));
    expect(many.filter(({ status }) => status === 401)).toHaveLength(90);
    expect((await right(site, share, "203.0.113.1")).status).toBe(429);
  });

  test("is counted by networks, where addresses are cheap", () => {
    expect(networkOf("192.0.2.1")).toBe("192.0.2.1");
    expect(networkOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
    for (const same of [
      "2001:db8:1:2::1",
      "2001:DB8:1:2:ffff::9",
      "2001:0db8:0001:0002:3:4:5:6",
      "[2001:db8:1:2::5]",
      "2001:db8:1:2::1%eth0",
    ]) {
      expect(networkOf(same)).toBe("2001:db8:1:2::");
    }
    expect(networkOf("2001:db8::1")).toBe("2001:db8:0:0::");
    expect(networkOf("::1")).toBe("0:0:0:0::");
    expect(networkOf("2001:db8:1:3::1")).not.toBe(networkOf("2001:db8:1:2::1"));
  });
});
