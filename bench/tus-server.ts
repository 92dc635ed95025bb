/**
 * The peer: an unencrypted resumable upload with @tus/server and its file store. As it comes, it answers before the file is on the disk; `durable`: it is
 * flushed first, which is what Keyfold does with each part.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

export async function tusServer(folder: string, durable: boolean, page: (path: string) => { type: string; body: string } | undefined) {
  await mkdir(folder, { recursive: true });
  const flush = async (path: string): Promise<void> => {
    const handle = await open(path, "r");
    await handle.sync();
    await handle.close();
  };
  const tus = new Server({
    path: "/files",
    datastore: new FileStore({ directory: folder }),
    async onUploadFinish(_, { id }) {
      if (durable) for (const path of [join(folder, id), folder]) await flush(path);
      return {};
    },
  });
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
