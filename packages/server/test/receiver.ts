/** Who hears webhooks: an HTTP server on a port of its own. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { randomBytes } from "node:crypto";
import { expect, onTestFinished } from "vitest";
import { base, type TestMount } from "./mount.ts";
import { newOwner, type Owner } from "./owner.ts";

/** For an endpoint. */
export const webhookSecret = `whsec_${randomBytes(32).toString("base64")}`;

export interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly got: Heard[];
  readonly url: string;
  /** Ids of what came, in its order. */
  ids(): (string | undefined)[];
  /** Nobody listens any more; connections end. */
  goDown(): Promise<void>;
  /** On the same port. */
  comeBack(): Promise<void>;
}

/** `answer` is called with the count of what came, this one included. */
export async function receiver(
  answer: (response: ServerResponse, count: number) => void = (response) => response.end(),
): Promise<Receiver> {
  const got: Heard[] = [];
  let server: Server | undefined;
  let port = 0;
  const comeBack = async (): Promise<void> => {
    server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        got.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
        answer(response, got.length);
      });
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  };
  const goDown = async (): Promise<void> => {
    if (server === undefined) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    server = undefined;
    await closed;
  };
  await comeBack();
  onTestFinished(goDown);
  return {
    got,
    url: `http://127.0.0.1:${port}/hook`,
    ids: () => got.map(({ headers }) => headers["webhook-id"] as string | undefined),
    goDown,
    comeBack,
  };
}

/** A new folder with a blob that arrived. */
export async function upload(site: Pick<TestMount, "send">): Promise<{ owner: Owner; blob: string }> {
  const owner = await newOwner(site.send, base);
  const blob = await owner.upload();
  expect((await owner.append({ added: [blob] })).status).toBe(200);
  return { owner, blob };
}
