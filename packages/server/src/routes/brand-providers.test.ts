/** Whom the server asks for a logo, in which order, and what it does not take from them. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { branded, bytesOf, expectPassedOver, hour, logoOf, soon, sourceOf } from "../../test/branded.ts";
import { temporaryFolder } from "../../test/mount.ts";
import { png, sendPng, upstream, type Answer } from "../../test/upstream.ts";

describe("providers", () => {
  test("are asked in their order, after the host's own, until one has a logo", async () => {
    const near = await upstream((response, { url }) => {
      if (url!.startsWith("/second")) sendPng(response, undefined as never);
      else response.writeHead(404).end();
    });
    const at = (name: string) => ({ name, url: () => `${near.url}/${name}` });
    const none = { name: "none", url: () => undefined };
    const own = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'.padEnd(64));
    const site = await branded(near, { providers: [none, at("first"), at("second"), at("third")], logos: { "own.com": own } });
    expect(sourceOf(await logoOf(site))).toBe("second");
    expect(near.asked).toEqual(["/first", "/second"]);
    const hosts = await logoOf(site, "/brand/own.com");
    expect([sourceOf(hosts), await bytesOf(hosts)]).toEqual(["own", own]);
    expect(near.asked).toHaveLength(2);
  });

  test("the host's own may be a file, or lie elsewhere", async () => {
    const near = await upstream(sendPng);
    const path = join(await temporaryFolder(), "logo.png");
    await writeFile(path, png);
    const site = await branded(near, { logos: { "file.com": path, "away.com": `${near.url}/away.png` } });
    expect(await bytesOf(await logoOf(site, "/brand/file.com"))).toEqual(png);
    const away = await logoOf(site, "/brand/away.com");
    expect([sourceOf(away), await bytesOf(away)]).toEqual(["own", png]);
    expect(near.asked).toEqual(["/away.png"]);
  });

  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
  const bad: Readonly<Record<string, readonly [code: string, answer: Answer]>> = {
    "a wrong type under a right name": ["type", (response) => response.writeHead(200, { "content-type": "image/png" }).end("x".repeat(99))],
    "a page": ["type", (response) => response.writeHead(200, { "content-type": "text/html" }).end(png)],
    "an SVG with a script in it": [
      "type",
      (response) =>
        response
          .writeHead(200, { "content-type": "image/svg+xml" })
          .end('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'),
    ],
    "a picture cut short": ["type", (response) => response.writeHead(200).end(png.subarray(0, -10))],
    "an answer that ends before its length": [
      "connection",
      (response) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write(png, () => response.destroy());
      },
    ],
    "more than it may, as announced": ["too-large", (response) => response.writeHead(200, { "content-length": "600000" }).end(png)],
    "more than it may, without an end": [
      "too-large",
      (response) => {
        response.writeHead(200);
        response.write(png);
        const more = (): void => void (response.destroyed || (response.write(Buffer.alloc(65_536)), setImmediate(more)));
        more();
      },
    ],
    "a packed bomb": [
      "encoding",
      (response) => response.writeHead(200, { "content-type": "image/png", "content-encoding": "gzip" }).end(bomb),
    ],
    "no HTTP": ["connection", (response) => void response.socket!.end("SSH-2.0-x\r\n\r\n")],
    "headers without end": ["connection", (response) => void response.socket!.write(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}`)],
    "nothing, and breaks off": ["connection", (response) => void response.socket!.destroy()],
    "a failure": ["status", (response) => response.writeHead(500).end()],
    "redirects without end": ["redirects", (response, { url }) => response.writeHead(302, { location: `${url}x` }).end()],
  };

  test.for(Object.keys(bad))("one that answers with %s is passed over, and the next one asked", async (name) => {
    await expectPassedOver(...bad[name]!);
  });

  test("one that is slow is given up, and the monogram stands in", async () => {
    const near = await upstream(() => undefined);
    const site = await branded(near, { timeoutMs: 50 });
    expect(sourceOf(await logoOf(site))).toBe("drawn");
    expect(site.lines.map(({ code }) => code)).toEqual(["timeout"]);
    // One that sends a byte now and then is slow too.
    near.answer = (response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(Buffer.of(1)), 5);
      response.on("close", () => clearInterval(drip));
    };
    site.wait(hour);
    await logoOf(site);
    await expect.poll(() => site.lines.map(({ code }) => code), soon).toEqual(["timeout", "timeout"]);
  });

  test("redirects are followed, three of them", async () => {
    const near = await upstream((response, request) => {
      if (request.url!.length > 3) sendPng(response, request);
      else response.writeHead(302, { location: `${request.url}x` }).end();
    });
    const site = await branded(near, { providers: [{ name: "near", url: () => near.url }] });
    expect(sourceOf(await logoOf(site))).toBe("near");
    expect(near.asked).toEqual(["/", "/x", "/xx", "/xxx"]);
  });
});
