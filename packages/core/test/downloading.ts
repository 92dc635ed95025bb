/** Files that are there to be downloaded, and what a server makes of them. */
import type { SavedFile, Sink } from "../src/transfer/save.ts";
import { Transferring } from "../src/transfer/transferring.ts";
import { TestFolder, Wire } from "./transfer-folder.ts";

/** The path of a blob's part: the blob, and its number. */
export const partOf = /^\/blobs\/([0-9a-f]{32})\/parts\/(\d+)$/;

/** A folder with files in it, and a wire that can be tampered with. */
export async function withFiles(
  server: { readonly url: string },
  files: readonly File[],
  openSink?: (address: string, file: SavedFile) => Promise<Sink>,
) {
  const folder = await TestFolder.create(server);
  const wire = new Wire();
  const page = await folder.page({ wire });
  const transferring = new Transferring(page, openSink);
  const ids = transferring.uploads.add(files);
  const nodes = await Promise.all(ids.map((id) => transferring.uploads.finished(id)));
  wire.log.length = 0;
  return { folder, page, wire, nodes, transferring, downloads: transferring.downloads };
}

/** The same answer with another body. */
export const changed = (response: Response, body: Uint8Array<ArrayBuffer>) =>
  new Response(body, { status: response.status, headers: response.headers });
