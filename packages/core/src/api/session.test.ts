import { describe, expect, test } from "vitest";
import { meddler } from "../../test/devices.ts";
import { devicesOnServer } from "../../test/devices-on-server.ts";
import { generateKey } from "../index.ts";
import { FolderApi } from "./client.ts";
import { Http } from "./http.ts";

const { devices, server } = devicesOnServer();

describe("a session", () => {
  test.each([
    ["of another server", { server: "https://elsewhere.example/keyfold" }, "session-refused"],
    ["of another folder", { folder: "0".repeat(32) }, "session-refused"],
    ["of another scope", { scope: "read" }, "session-refused"],
    ["of a later epoch", { epoch: 7 }, "locked-elsewhere"],
    ["that is no challenge", { nonce: "sign this, please" }, "server-failed"],
    ["with a line break in it", { server: "https://files.example.com\nfolder:x" }, "server-failed"],
  ])("does not sign a challenge %s", async (_what, forged, code) => {
    const key = generateKey();
    await devices.using(devices.client().create({ key }));
    const wire = meddler();
    wire.after = async (request, response) => {
      if (!request.endsWith("/challenge")) return undefined;
      return Response.json({ ...((await response.json()) as object), ...forged });
    };
    await expect(devices.client({ fetch: wire.fetch }).open(key)).rejects.toMatchObject({ code });
    expect(wire.seen.some((request) => request.endsWith("/session"))).toBe(false);
  });

  test("that is asked for after its request was called off fails quietly", async () => {
    const api = new FolderApi(new Http({ server: server.url }), "0".repeat(32));
    const unheard: unknown[] = [];
    const hear = (reason: unknown): void => void unheard.push(reason);
    process.on("unhandledRejection", hear);
    try {
      await expect(api.session.token(AbortSignal.abort())).rejects.toMatchObject({ code: "cancelled" });
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off("unhandledRejection", hear);
    }
    expect(unheard).toEqual([]);
  });

  test("is signed in to once for all requests that need it, and again when its token is refused", async () => {
    const key = generateKey();
    const made = await devices.using(devices.client().create({ key }));
    await made.upload(Array.from({ length: 5 }, (_, i) => new File([`${i}`], `${i}.txt`)));
    const wire = meddler();
    const signIns = (): number => wire.seen.filter((request) => request.endsWith("/session")).length;
    const folder = await devices.using(devices.client({ fetch: wire.fetch }).open(key));
    await Promise.all(Array.from({ length: 5 }, (_, i) => folder.download(`/${i}.txt`)));
    expect(signIns()).toBe(1);

    const refuse = { left: 3 };
    wire.after = (request) => {
      if (!request.includes("/parts") || refuse.left-- <= 0) return undefined;
      const problem = { type: "urn:x", title: "x", status: 401, code: "token-refused" };
      return Response.json(problem, { status: 401, headers: { "content-type": "application/problem+json" } });
    };
    await Promise.all([0, 1, 2].map((i) => folder.download(`/${i}.txt`)));
    expect(signIns()).toBe(2);
  });

  test("sends the host's own headers, and its token in no other header and no URL", async () => {
    const seen: string[] = [];
    const sent: Headers[] = [];
    const watching: typeof fetch = (input, init) => {
      seen.push(input instanceof Request ? input.url : input.toString());
      sent.push(new Headers(init?.headers));
      return fetch(input, init);
    };
    const headers = (): HeadersInit => ({ authorization: "Bearer host" });
    const folder = await devices.using(devices.client({ fetch: watching, headers }).create());
    await folder.createDirectory("/d");
    await folder.settled();
    const token = sent.map((one) => one.get("keyfold-token")).find((one) => one !== null);
    expect(token).toBeTruthy();
    expect(sent.every((one) => one.get("authorization") === "Bearer host")).toBe(true);
    expect(seen.some((url) => url.includes(token!))).toBe(false);
  });
});
