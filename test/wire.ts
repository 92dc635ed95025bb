/** Somebody on the line between browser and server: passes everything on, and keeps a copy of every byte, headers included, not compressed. */
import { createServer, request as send, type IncomingHttpHeaders, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly at: number;
  readonly request: { readonly head: string; readonly body: Buffer };
  readonly answer: { readonly head: string; readonly body: Buffer };
}

export class Wire {
  readonly exchanges: Exchange[] = [];
  readonly #server: Server;
  /** Port on this machine that everything goes to. */
  target = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Wire> {
    const server = createServer();
    const wire = new Wire(server);
    server.on("request", (incoming, outgoing) => {
      const taken: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => taken.push(chunk));
      incoming.on("end", () => {
        const body = Buffer.concat(taken);
        const { "accept-encoding": _, ...headers } = incoming.headers;
        const onward = send({ port: wire.target, host: "127.0.0.1", method: incoming.method, path: incoming.url, headers }, (answer) => {
          const given: Buffer[] = [];
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.on("data", (chunk: Buffer) => {
            given.push(chunk);
            outgoing.write(chunk);
          });
          answer.on("end", () => {
            outgoing.end();
            wire.exchanges.push({
              method: incoming.method ?? "",
              path: incoming.url ?? "",
              at: performance.now(),
              request: { head: headOf(`${incoming.method} ${incoming.url}`, incoming.headers), body },
              answer: { head: headOf(String(answer.statusCode), answer.headers), body: Buffer.concat(given) },
            });
          });
        });
        onward.on("error", () => outgoing.destroy());
        onward.end(body);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return wire;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

function headOf(first: string, headers: IncomingHttpHeaders): string {
  return [first, ...Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`)].join("\r\n");
}
