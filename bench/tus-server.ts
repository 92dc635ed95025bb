/** The peer: an unencrypted resumable upload with @tus/server and its file store. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdir } from "node:fs/promises";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

export async function tusServer(folder: string, page: (path: string) => { type: string; body: string } | undefined = () => undefined) {
  await mkdir(folder, { recursive: true });
  const tus = new Server({ path: "/files", datastore: new FileStore({ directory: folder }) });
  const server = createServer((request, response) => {
    const served = request.method === "GET" ? page(request.url ?? "/") : undefined;
    if (served) {
      response.setHeader("content-type", served.type);
      response.end(served.body);
      return;
    }
    void tus.handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
