/** What holds for each route below `/v1`, also for those that are added later. */
import { describe, expect, test } from "vitest";
import { codeOf, mount, type TestMount } from "../../test/mount.ts";

/** Those that nobody is kept from: they say what the server is. */
const open: ReadonlySet<string> = new Set(["GET /v1", "GET /v1/openapi.json"]);

/** Method and a path that fits the pattern, of each route that answers. */
function routesOf({ app }: TestMount): { name: string; method: string; path: string }[] {
  const routes = app.routes
    .filter(({ method, path }) => method !== "ALL" && path.startsWith("/v1"))
    .map(({ method, path }) => ({
      name: `${method} ${path}`,
      method,
      path: path.replace(/:index\{[^}]*\}+/g, "0").replace(/:\w+\{[^}]*\}\}?/g, "0".repeat(32)),
    }));
  return [...new Map(routes.map((route) => [route.name, route])).values()].filter(({ name }) => !open.has(name));
}

describe("each route", () => {
  test("asks the host's own rule, before it looks at anything", async () => {
    const asked: string[] = [];
    const site = await mount({ authorize: (_request, { action }) => (asked.push(action), false) });
    const routes = routesOf(site);
    expect(routes.length).toBeGreaterThan(25);
    for (const { name, method, path } of routes) {
      expect([name, await codeOf(await site.send(method, path))]).toEqual([name, "refused"]);
    }
    expect(asked).toHaveLength(routes.length);
  });

  test("is counted by address, before the host's rule is asked", async () => {
    const one = { address: { requests: 1, seconds: 60 } };
    const limits = { "look-up": one, "sign-in": one, create: one, pairing: one, knock: one, read: one, write: one };
    let address = "";
    let asked = 0;
    const site = await mount({ clientAddress: () => address, rates: { limits }, authorize: () => (asked++, false) });
    const routes = routesOf(site);
    for (const { name, method, path } of routes) {
      address = name; // each route has a client of its own
      expect([name, (await site.send(method, path)).status]).toEqual([name, 403]);
      expect([name, await codeOf(await site.send(method, path))]).toEqual([name, "rate-limited"]);
    }
    expect(asked).toBe(routes.length);
  });
});
