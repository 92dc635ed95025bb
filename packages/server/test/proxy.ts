/** A line between a client and a server that can be cut where it hurts. */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface Proxy {
  readonly port: number;
  /** The next time that a client sends this text, the server gets it and answers; but the line is reset and the answer lost. Resolves then. */
  loseAnswerTo(text: string): Promise<void>;
  /** Resets every connection that is open. */
  reset(): void;
  close(): Promise<void>;
}

/** Whoever makes it closes it. */
export async function proxyTo(port: number, host = "127.0.0.1"): Promise<Proxy> {
  const open = new Set<Socket>();
  const losses: { readonly text: string; readonly lost: () => void }[] = [];

  const server = createServer((client) => {
    const upstream = connect(port, host);
    let loss: (typeof losses)[number] | undefined;
    const end = (): void => {
      for (const socket of [client, upstream]) {
        open.delete(socket);
        socket.resetAndDestroy();
      }
    };
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on("error", end);
      socket.on("close", end);
    }
    client.on("data", (data) => {
      const next = losses[0];
      if (loss === undefined && next !== undefined && data.toString("latin1").includes(next.text)) loss = losses.shift();
      upstream.write(data);
    });
    upstream.on("data", (data) => {
      if (loss === undefined) client.write(data);
      else {
        // It has answered: what was asked is done.
        end();
        loss.lost();
        loss = undefined;
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const reset = (): void => {
    for (const socket of open) socket.resetAndDestroy();
    open.clear();
  };
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    reset();
    await closed;
  };
  return {
    port: (server.address() as AddressInfo).port,
    loseAnswerTo: (text) => new Promise((resolve) => losses.push({ text, lost: resolve })),
    reset,
    close,
  };
}
