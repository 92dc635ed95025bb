/** A mount with logos, which it asks of servers on this machine, and what a test reads from its answers. */
import { expect } from "vitest";
import type { BrandOptions } from "../src/brand/options.ts";
import { mount, type TestMount } from "./mount.ts";
import { png, sendPng, upstream, type Answer, type Upstream } from "./upstream.ts";

/** For what is to be seen a little later: on a busy machine nothing may run out of time. */
export const soon = { timeout: 50_000 };

export const hour = 3600 * 1000;
export const day = 24 * hour;

/** Times are no part of what is tested here: nothing runs into them unless a test says so. */
export const patient = { waitMs: 60_000, timeoutMs: 60_000 };

export async function branded(near: Upstream, brand: BrandOptions = {}): Promise<TestMount> {
  const options = { domains: ["example.com"], providers: [near.provider("near")], unsafeForTests: near.unsafe, ...patient, ...brand };
  return mount({ brand: options });
}

export const sourceOf = (answer: Response): string | null => answer.headers.get("keyfold-brand");

export async function logoOf(site: TestMount, path = "/brand/example.com"): Promise<Response> {
  const answer = await site.send("GET", path);
  expect(answer.status).toBe(200);
  return answer;
}

export const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());

/** A provider that answers so is passed over, the next one asked, and the log says why. */
export async function expectPassedOver(code: string, answer: Answer): Promise<void> {
  const near = await upstream((response, request) => (request.url!.startsWith("/good") ? sendPng : answer)(response, request));
  const providers = [
    { name: "bad", url: () => `${near.url}/bad` },
    { name: "good", url: () => `${near.url}/good` },
  ];
  const site = await branded(near, { providers });
  const found = await logoOf(site);
  expect([sourceOf(found), await bytesOf(found)]).toEqual(["good", png]);
  expect(site.lines).toEqual([{ level: "refusal", code, status: 502, method: "GET", route: "brand/bad" }]);
}
