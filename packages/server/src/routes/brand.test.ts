/** For which domains there is something, what may be asked for, and how it is answered. */
import { describe, expect, test } from "vitest";
import { branded, bytesOf, logoOf, patient, sourceOf } from "../../test/branded.ts";
import { codeOf, mount } from "../../test/mount.ts";
import { png, sendPng, upstream } from "../../test/upstream.ts";
import type { BrandOptions } from "../brand/options.ts";
import { clearbitShaped } from "../brand/providers.ts";

describe("which domains", () => {
  test("none, until the host says so", async () => {
    const { send } = await mount();
    expect((await send("GET", "/brand/example.com")).status).toBe(404);
    const near = await upstream(sendPng);
    const site = await branded(near, { domains: [] });
    expect(await codeOf(await site.send("GET", "/brand/example.com"))).toBe("not-found");
    expect(near.asked).toEqual([]);
  });

  test("those that are listed; what is no domain is malformed; a provider hears of no other", async () => {
    const near = await upstream(sendPng);
    const site = await branded(near, { domains: ["example.com", "*.müller.de"] });
    for (const domain of ["example.com", "EXAMPLE.com", "www.m%C3%BCller.de"]) await logoOf(site, `/brand/${domain}`);
    for (const domain of ["example.org", "xn--mller-kva.de", "www.example.com"])
      expect(await codeOf(await site.send("GET", `/brand/${domain}`))).toBe("not-found");
    for (const domain of ["127.0.0.1", "localhost", "a%20b.com", "example.com%3Fx", "example.com%2Fy"])
      expect(await codeOf(await site.send("GET", `/brand/${domain}`))).toBe("malformed");
    expect(near.asked).toEqual(["/example.com?size=128", "/www.xn--mller-kva.de?size=128"]);
  });

  test("all, where the host allows all", async () => {
    const site = await mount({ brand: { domains: "all" } });
    expect(sourceOf(await logoOf(site, "/brand/who.knows.net"))).toBe("drawn");
  });

  test("the host's own rule is asked first", async () => {
    const near = await upstream(sendPng);
    const site = await mount({ authorize: () => false, brand: { domains: "all", providers: [near.provider("near")], ...patient } });
    expect(await codeOf(await site.send("GET", "/brand/example.com"))).toBe("refused");
    expect(near.asked).toEqual([]);
  });

  test.for<BrandOptions>([
    { domains: ["https://example.com"] },
    { logos: { "example.com": Buffer.from("<html></html>".padEnd(64)) } },
    { logos: { "example.com": "/nowhere/at/all.png" } },
    { palette: ["#fff", "#000000", "#000000", "#000000"] },
    { providers: [{ name: "A B", url: () => undefined }] },
    { timeoutMs: 0 },
  ])("options that cannot be meant are told when the server starts: %j", async (brand) => {
    await expect(mount({ brand })).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

describe("what is asked for", () => {
  test("goes to a server that answers in Clearbit's shape", async () => {
    const near = await upstream(sendPng);
    const site = await branded(near, { providers: [clearbitShaped(near.url)] });
    const answer = await logoOf(site, "/brand/example.com?size=100&format=jpg&greyscale=true");
    expect(near.asked).toEqual(["/example.com?size=128&format=jpg&greyscale=true"]);
    expect(answer.headers.get("content-type")).toBe("image/png");
    expect(sourceOf(answer)).toBe("clearbit");
    expect(await bytesOf(answer)).toEqual(png);
  });

  test("is greyed here where the provider does not", async () => {
    const site = await branded(await upstream(sendPng));
    const answer = await logoOf(site, "/brand/example.com?greyscale=true&size=32");
    expect(answer.headers.get("content-type")).toBe("image/svg+xml");
    const text = await answer.text();
    expect(text).toContain('type="saturate" values="0"');
    expect(text).toContain(png.toString("base64"));
  });

  test.for(["size=7", "size=513", "size=1e2", "size=-1", "size=", "format=exe", "format=", "greyscale=1", "greyscale=TRUE"])(
    "is refused where it is %s",
    async (query) => {
      const near = await upstream(sendPng);
      expect(await codeOf(await (await branded(near)).send("GET", `/brand/example.com?${query}`))).toBe("malformed");
      expect(near.asked).toEqual([]);
    },
  );

  test("is answered so that nothing runs, nothing is guessed, and any page may show it", async () => {
    const site = await mount({ brand: { domains: ["example.com"] } });
    const { headers } = await logoOf(site);
    expect(headers.get("content-type")).toBe("image/svg+xml");
    expect(headers.get("content-security-policy")).toMatch(/^sandbox; default-src 'none';/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    const { headers: page } = await site.send("GET", "/v1");
    expect(page.get("cross-origin-resource-policy")).toBe("same-origin");
  });

  test("is not sent again to a browser that has it", async () => {
    const site = await branded(await upstream(sendPng));
    const etag = (await logoOf(site)).headers.get("etag")!;
    const again = await site.send("GET", "/brand/example.com", { headers: { "if-none-match": `"x", W/${etag}` } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
    expect(again.headers.get("etag")).toBe(etag);
  });
});

describe("pictures for a page's foot", () => {
  test("are those of the host, or three that are drawn from the palette", async () => {
    const near = await upstream(sendPng);
    const site = await branded(near, { images: { "own.com": [png, `${near.url}/there.png`] } });
    const list = async (domain: string) =>
      (await (await site.send("GET", `/brand/${domain}/images`)).json()) as { images: { path: string }[] };
    const { images } = await list("own.com");
    expect(images).toEqual([{ path: "/brand/own.com/images/0" }, { path: "/brand/own.com/images/1" }]);
    for (const { path } of images) expect(await bytesOf(await logoOf(site, path))).toEqual(png);
    expect(near.asked).toEqual(["/there.png"]);
    const drawn = await Promise.all((await list("example.com")).images.map(async ({ path }) => (await logoOf(site, path)).text()));
    expect(new Set(drawn).size).toBe(3);
    for (const text of drawn) expect(text).toMatch(/^<svg [^>]+>(<rect [^>]+>|<path [^>]+>)+<\/svg>$/);
    expect(await codeOf(await site.send("GET", "/brand/own.com/images/2"))).toBe("not-found");
    expect(await codeOf(await site.send("GET", "/brand/else.com/images"))).toBe("not-found");
  });

  test("are drawn in the host's colours", async () => {
    const palette = ["#102030", "#405060", "#708090", "#a0b0c0"] as const;
    const site = await mount({ brand: { domains: ["example.com"], palette } });
    const text = await (await logoOf(site, "/brand/example.com/images/0")).text();
    expect(new Set([...text.matchAll(/fill="(#[0-9a-f]{6})"/g)].map(([, colour]) => colour))).toEqual(new Set(palette));
    expect(await (await logoOf(site)).text()).toContain('fill="#102030"');
  });

  test("that cannot be fetched are drawn", async () => {
    const near = await upstream((response) => void response.writeHead(500).end());
    const site = await branded(near, { images: { "own.com": [near.url] } });
    expect(sourceOf(await logoOf(site, "/brand/own.com/images/0"))).toBe("drawn");
  });
});
