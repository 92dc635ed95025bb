import { afterAll, beforeAll, expect, test } from "vitest";
import { bytesOf, contentOf, fileOf, TestFolder, TestServer, Wire } from "../../test/transfer-folder.ts";
import { Transferring } from "./transferring.ts";

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.remove());

const MiB = 2 ** 20;
const firstFill = 1_048_560 - 40;

test.for([0, 1, firstFill, firstFill + 1, 4 * MiB - 1, 4 * MiB, 4 * MiB + 1, 9 * MiB])("a file of %d bytes comes back", async (size) => {
  const folder = await TestFolder.create(server);
  const page = await folder.page();
  const transferring = new Transferring(page);
  const [id] = transferring.uploads.add([fileOf("a.bin", size)], { to: "/2026/taxes" });
  const node = await transferring.uploads.finished(id!);
  expect(folder.tree.path(node).map(({ name }) => name)).toEqual(["2026", "taxes", "a.bin"]);
  expect(transferring.uploads.get(id!)).toMatchObject({ status: "done", processed: size, confirmed: size, error: null });
  const back = await bytesOf(transferring.downloads.stream(node));
  expect(Buffer.compare(back, contentOf(size))).toBe(0);
  await transferring.close();
});

test("300 small files take a handful of requests and entries", async () => {
  const folder = await TestFolder.create(server);
  const wire = new Wire();
  const page = await folder.page({ wire });
  const transferring = new Transferring(page);
  const ids = transferring.uploads.add(
    Array.from({ length: 300 }, (_, i) => fileOf(`${i}.txt`, 2000 + i)),
    { to: "/dropped" },
  );
  const start = performance.now();
  await Promise.all(ids.map((id) => transferring.uploads.finished(id)));
  console.log(`300 small files: ${Math.round(performance.now() - start)} ms, ${wire.log.length} requests, ${folder.entries} entries`);
  expect(folder.tree.count).toEqual({ files: 300, directories: 1 });
  expect(wire.log.length).toBeLessThan(16);
  await transferring.close();
});
