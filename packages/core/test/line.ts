/**
 * The line between a client and its server: counts what goes up, and can be cut.
 *
 * @module
 */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export class Line {
  /** Bytes that the client has sent. */
  sent = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cutAt = Infinity;
  /** Called after each cut that `cutAfter` asked for. */
  onCut: () => void = () => undefined;

  private constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect(target, "127.0.0.1");
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        // A socket that was cut tells so by an error.
        socket.on("error", () => undefined);
        socket.on("close", () => {
          this.#sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.on("data", (bytes) => {
        this.sent += bytes.length;
        if (this.sent < this.#cutAt) return;
        this.cut();
        this.onCut();
      });
      near.pipe(far);
      far.pipe(near);
    });
  }

  /** @param target Port of the server, on this machine. */
  static async to(target: number): Promise<Line> {
    const line = new Line(target);
    line.#server.listen(0, "127.0.0.1");
    await once(line.#server, "listening");
    return line;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts it once `sent` is so many; the next connection finds it whole. */
  cutAfter(bytes: number): void {
    this.#cutAt = bytes;
  }

  cut(): void {
    this.#cutAt = Infinity;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, "close");
  }
}
