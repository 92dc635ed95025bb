/** The floor that uploads are measured against: PUT a part, hash it, write it durably, rename it into place; GET it back. Nothing else. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export async function bareServer(folder: string, page: (path: string) => { type: string; body: string } | undefined = () => undefined) {
  await mkdir(folder, { recursive: true });
  const directory = await open(folder, "r");
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? "/", "http://localhost").pathname.slice(1);
    const served = page(`/${name}`);
    if (request.method === "GET" && served !== undefined) {
      response.setHeader("content-type", served.type);
      response.end(served.body);
      return;
    }
    const path = join(folder, name.replaceAll("/", "_"));
    if (request.method === "GET") {
      createReadStream(path)
        .on("error", () => response.writeHead(404).end())
        .pipe(response);
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const store = async () => {
        createHash("sha256").update(body).digest();
        const file = await open(`${path}.new`, "w");
        await file.write(body);
        await file.sync();
        await file.close();
        await rename(`${path}.new`, path);
        await directory.sync();
        response.writeHead(204).end();
      };
      store().catch(() => response.writeHead(500).end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await directory.close();
    },
  };
}
