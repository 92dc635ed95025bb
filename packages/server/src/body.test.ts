import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { afterEach, expect, test } from "vitest";
import { readBody } from "./body.ts";
import type { MountEnv } from "./context.ts";

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
});

test("a large body arrives whole, and the pieces it came in hold no memory once they are copied", async () => {
  const pieces: Uint8Array[] = [];
  const app = new Hono<MountEnv>();
  app.put("/", async (c) => c.body(await readBody(c, 2 ** 22, { each: (piece) => void pieces.push(piece) })));
  server = createAdaptorServer({ fetch: app.fetch }) as Server;
  const listening = server.listen(0, "127.0.0.1");
  await new Promise((resolve) => listening.once("listening", resolve));
  const { port } = listening.address() as { port: number };

  const sent = randomBytes(2 ** 22);
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "PUT", body: sent });

  expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), sent)).toBe(0);
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.reduce((bytes, { byteLength }) => bytes + byteLength, 0)).toBe(0);
});
