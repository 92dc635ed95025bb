import { toHex } from "@keyfold/core/protocol";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { base, mount } from "../test/mount.ts";
import { bytesOf, newId, newOwner } from "../test/owner.ts";

test("whatever is sent, the answer is a problem document with a code below 500", async () => {
  const { send, lines } = await mount();
  const owner = await newOwner(send, base);
  const blob = await owner.upload();
  const share = newId();
  await owner.publish(share, { blobs: [blob], kept: bytesOf(60) });
  const id = fc.constantFrom(owner.folder, blob, newId(), "0".repeat(31), "x", "..", "%00", "A".repeat(32));
  const path = fc.oneof(
    fc
      .tuple(
        id,
        fc.constantFrom(
          "",
          "/usage",
          "/challenge",
          "/session",
          "/log",
          "/log?from=0",
          "/log?from=x",
          "/rekey",
          "/blobs",
          "/blobs/discard",
          "/parts",
          "/parts/read",
          "/shares",
          `/shares/${share}`,
          `/shares/${share}/manifest`,
          `/shares/${share}/blobs`,
          `/shares/${newId()}`,
        ),
      )
      .map(([folder, rest]) => `/v1/folders/${folder}${rest}`),
    fc
      .tuple(id, id, fc.constantFrom("", "/hashes", "/parts/0", "/parts/1", "/parts/999999", "/parts/-1", "/parts/x"))
      .map(([folder, blob, rest]) => `/v1/folders/${folder}/blobs/${blob}${rest}`),
    id.map((key) => `/v1/keys/${key}`),
    fc
      .tuple(
        fc.constantFrom(share, newId(), "x"),
        fc.constantFrom("", "/manifest", "/downloads", "/parts/read", `/blobs/${blob}/hashes`, `/blobs/${blob}/parts/0`),
      )
      .map(([share, rest]) => `/v1/shares/${share}${rest}`),
    fc.constantFrom("/v1", "/v1/", "/v1/folders", "/v1/folders/", "/v2", "/v1//folders"),
  );
  const junk = fc.oneof(
    fc.json(),
    fc.string(),
    fc.uint8Array({ maxLength: 400 }),
    fc.record(
      {
        genesis: fc.oneof(fc.string(), fc.base64String()),
        readKey: fc.string(),
        server: fc.constantFrom(base, "x", 1),
        scope: fc.constantFrom("owner", "read", "admin", null),
        epoch: fc.oneof(fc.integer(), fc.double(), fc.constant(2 ** 60)),
        nonce: fc.oneof(fc.string(), fc.constant("A".repeat(43))),
        expires: fc.oneof(fc.integer(), fc.maxSafeInteger()),
        signature: fc.constantFrom("A".repeat(86), "", null),
        blobs: fc.array(
          fc.oneof(
            fc.constant(blob),
            fc.string(),
            fc.record({ blob: fc.oneof(fc.constant(blob), fc.string()), sealedSize: fc.oneof(fc.maxSafeInteger(), fc.double()) }),
          ),
          { maxLength: 100 },
        ),
        parts: fc.array(fc.tuple(fc.oneof(fc.constant(blob), fc.string()), fc.oneof(fc.nat(), fc.integer())), { maxLength: 300 }),
        __proto__: fc.anything(),
      },
      { requiredKeys: [] },
    ),
  );
  const headers = fc.record(
    {
      "keyfold-token": fc.constantFrom(owner.token, "", "a.b.c", owner.token.slice(0, -2)),
      "keyfold-at": fc.constantFrom("0", "1", "-1", "x", "9007199254740993", "1e3"),
      "keyfold-turn": fc.constantFrom("0".repeat(32), "x"),
      "keyfold-hash": fc.constantFrom("A".repeat(43), "B".repeat(43), "", "="),
      "keyfold-share": fc.constantFrom("A".repeat(43), "B".repeat(43), ""),
      "keyfold-delete": fc.constantFrom("", "gA", "A".repeat(400), "="),
      "keyfold-create": fc.constantFrom("1", "0"),
      "content-length": fc.constantFrom("0", "-1", "x", "99999999999"),
      "content-type": fc.constantFrom("application/json", "text/plain", "multipart/form-data"),
    },
    { requiredKeys: [] },
  );
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH"), path, headers, junk, async (method, path, headers, body) => {
      const answer = await send(method, path, { headers, ...(method === "GET" ? {} : { body: body as Uint8Array | string | object }) });
      statuses.add(answer.status);
      expect(answer.status).toBeLessThan(500);
      if (answer.status >= 400 && answer.headers.get("keyfold-code") !== "conflict" && path.startsWith("/v1")) {
        const problem = (await answer.json()) as { code: string; status: number; title: string };
        expect(problem).toMatchObject({ status: answer.status, code: expect.any(String), title: expect.any(String) });
        expect(JSON.stringify(problem)).not.toContain(owner.token.split(".")[2]);
      }
    }),
    { numRuns: 3000 },
  );
  for (const status of [200, 400, 401, 404]) expect(statuses).toContain(status);
  expect(lines.filter(({ level }) => level === "error")).toEqual([]);
}, 60_000);

test("an entry with any byte changed is refused, and the log stays as it was", async () => {
  const { send } = await mount();
  const owner = await newOwner(send, base);
  const { wire } = await owner.entry({ added: [await owner.upload()] });
  const body = new Uint8Array(wire.length + 4);
  new DataView(body.buffer).setUint32(0, wire.length);
  body.set(wire, 4);
  await fc.assert(
    fc.asyncProperty(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), async (at, difference) => {
      const changed = body.slice();
      changed[at]! ^= difference;
      const answer = await owner.call("POST", "/log", { headers: { "keyfold-at": "1" }, body: changed });
      expect([400, 403]).toContain(answer.status);
    }),
    { numRuns: 400 },
  );
  expect((await owner.call("POST", "/log", { headers: { "keyfold-at": "1" }, body })).status).toBe(200);
});

test("log lines name codes and patterns: no id, key, token or body", async () => {
  const { send, lines } = await mount();
  const owner = await newOwner(send, base);
  const secret = toHex(bytesOf(24));
  await owner.call("PUT", `/blobs/${newId()}/parts/0`, { headers: { "keyfold-hash": secret }, body: secret });
  await owner.call("POST", "/blobs", { body: { blobs: [{ blob: secret }] } });
  await owner.call("GET", `/log?from=${secret}`, { headers: { "keyfold-token": secret } });
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    const text = JSON.stringify(line);
    for (const hidden of [owner.folder, owner.token, secret]) expect(text).not.toContain(hidden);
    expect(line.route).toContain(":folder");
  }
});
