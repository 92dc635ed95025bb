/** Servers on this machine that stand for those of logo providers: real sockets, and any answer. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { UnsafeForTests } from "../src/brand/options.ts";
import type { LogoProvider } from "../src/brand/providers.ts";

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** One pixel. */
export const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

export const sendPng: Answer = (response) => void response.writeHead(200, { "content-type": "image/png" }).end(png);

export interface Upstream {
  readonly url: string;
  readonly port: number;
  /** Paths with their queries, in the order of the requests. */
  readonly asked: string[];
  answer: Answer;
  /** A provider that asks it. */
  provider(name: string): LogoProvider;
  /** Lets the server fetch from it, and from nothing else on this machine. */
  readonly unsafe: UnsafeForTests;
}

/** @param tls Key and certificate, to speak https under `localhost`. */
export async function upstream(answer: Answer, tls?: { readonly key: string; readonly cert: string }): Promise<Upstream> {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(request.url ?? "");
    here.answer(response, request);
  };
  const server: Server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => void server.close(() => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  const url = tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
  const here: Upstream = {
    url,
    port,
    asked,
    answer,
    provider: (name) => ({ name, url: ({ domain, size }) => `${url}/${domain}?size=${size}` }),
    unsafe: { http: true, address: (address, at) => address === "127.0.0.1" && at === port },
  };
  return here;
}
