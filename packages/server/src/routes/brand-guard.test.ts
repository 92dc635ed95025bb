/** Nothing that a provider, a redirect or a name server says leads into the server's own network. */
import { generate } from "selfsigned";
import { describe, expect, test } from "vitest";
import { branded, expectPassedOver, logoOf, patient, sourceOf } from "../../test/branded.ts";
import { mount } from "../../test/mount.ts";
import { sendPng, upstream, type Answer } from "../../test/upstream.ts";

describe("providers", () => {
  const inward: Readonly<Record<string, readonly [code: string, answer: Answer]>> = {
    "a redirect to loopback": [
      "address-not-public",
      (response) => response.writeHead(302, { location: "http://127.0.0.1:9/latest" }).end(),
    ],
    "a redirect to loopback by a number": [
      "address-not-public",
      (response) => response.writeHead(302, { location: "http://2130706433:9/" }).end(),
    ],
    "a redirect to loopback by name": [
      "address-not-public",
      (response) => response.writeHead(301, { location: "http://localhost:9/" }).end(),
    ],
    "a redirect to a mapped address": [
      "address-not-public",
      (response) => response.writeHead(302, { location: "http://[::ffff:127.0.0.1]:9/" }).end(),
    ],
    "a redirect to a cloud's metadata": [
      "address-not-public",
      (response) => response.writeHead(307, { location: "http://169.254.169.254/latest/meta-data/" }).end(),
    ],
    "a redirect to a file": ["address-form", (response) => response.writeHead(302, { location: "file:///etc/passwd" }).end()],
    "a redirect with a password": [
      "address-form",
      (response, { headers }) => response.writeHead(302, { location: `http://a:b@${headers.host}/` }).end(),
    ],
    "a redirect to nothing": ["address-form", (response) => response.writeHead(302, { location: "http://" }).end()],
  };

  test.for(Object.keys(inward))("one that answers with %s is passed over, and the next one asked", async (name) => {
    await expectPassedOver(...inward[name]!);
  });

  test("without the hook for tests nothing on this machine is reached, by address or by name, nor anything without https", async () => {
    const near = await upstream(sendPng);
    const addresses = [near.url, `https://127.0.0.1:${near.port}`, `https://localhost:${near.port}`, `https://[::1]:${near.port}`];
    const providers = addresses.map((url, i) => ({ name: `p${i}`, url: () => url }));
    const site = await mount({ brand: { domains: ["example.com"], providers, ...patient } });
    expect(sourceOf(await logoOf(site))).toBe("drawn");
    expect(site.lines.map(({ code }) => code)).toEqual(["address-form", "address-not-public", "address-not-public", "address-not-public"]);
    expect(near.asked).toEqual([]);
  });

  test("a name is resolved once, and the connection goes to the address that was checked", async () => {
    const near = await upstream(sendPng);
    const answers = [["127.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["10.0.0.1"], []];
    const resolved: string[] = [];
    const unsafeForTests = {
      ...near.unsafe,
      resolve: async (hostname: string) => {
        resolved.push(hostname);
        return answers[resolved.length - 1]!;
      },
    };
    const providers = [{ name: "near", url: ({ domain }: { domain: string }) => `http://rebinding.test:${near.port}/${domain}` }];
    const site = await branded(near, { domains: "all", providers, unsafeForTests });
    // Each connection asks once; were there a second question, it would have the next answer, and fail.
    const sources: (string | null)[] = [];
    for (const domain of ["a.com", "b.com", "c.com", "d.com"]) sources.push(sourceOf(await logoOf(site, `/brand/${domain}`)));
    expect(sources).toEqual(["near", "drawn", "drawn", "drawn"]);
    expect(resolved).toHaveLength(4);
    expect(site.lines.map(({ code }) => code)).toEqual(["address-not-public", "address-not-public", "connection"]);
    expect(near.asked).toEqual(["/a.com"]);
  });

  test("https is checked: a certificate that nobody vouches for is not taken", async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
      extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
    });
    const near = await upstream(sendPng, { key, cert });
    const trusted = await branded(near, { unsafeForTests: { ...near.unsafe, ca: cert, resolve: async () => ["127.0.0.1"] } });
    expect(sourceOf(await logoOf(trusted))).toBe("near");
    const wary = await branded(near, { unsafeForTests: { ...near.unsafe, resolve: async () => ["127.0.0.1"] } });
    expect(sourceOf(await logoOf(wary))).toBe("drawn");
    expect(wary.lines.map(({ code }) => code)).toEqual(["connection"]);
  });
});
