/** A TCP proxy whose line can break: it passes on, swallows (half-open: taken, never answered), or is not there. */
import { createServer, connect, type AddressInfo, type Socket } from "node:net";

export interface BrokenLine {
  readonly port: number;
  /** From now on nothing comes out at either end. Connections stay open. */
  swallow(): void;
  /** From now on it passes on again; lines that had swallowed are cut. */
  mend(): void;
  /** Cuts every connection. */
  cut(): void;
  close(): Promise<void>;
}

export async function brokenLine(to: number): Promise<BrokenLine> {
  const sockets = new Set<Socket>();
  let swallowing = false;
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => void (swallowing || into.write(bytes)));
      from.on("error", () => into.destroy());
      from.on("close", () => {
        sockets.delete(from);
        into.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => sockets.forEach((socket) => void socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    swallow: () => void (swallowing = true),
    mend() {
      swallowing = false;
      cut();
    },
    cut,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}
