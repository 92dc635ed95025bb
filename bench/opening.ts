/** A folder of many small files: putting them in, and opening it on a device that has nothing yet. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Keyfold, memoryStore } from "@keyfold/core";
import { report, seconds } from "./measure.ts";
import { startServer } from "./servers.ts";

export async function openingTimes(folder: string, count: number): Promise<void> {
  const place = join(folder, "opening");
  await mkdir(place, { recursive: true });
  const server = await startServer("keyfold", place);
  try {
    const maker = await new Keyfold({ server: server.url, store: memoryStore() }).create();
    const files = Array.from({ length: count }, (_, index) => ({
      file: new Blob([`file ${index}`]),
      name: `file ${index}.txt`,
      path: [`directory ${index % 100}`],
    }));
    const adding = await seconds(() => maker.upload(files));
    const link = maker.link();
    await maker.close();
    const opening = await seconds(async () => {
      const reader = await new Keyfold({ server: server.url, store: memoryStore() }).openLink(link);
      if (reader.state.tree.count.files !== count) throw new Error(`${reader.state.tree.count.files} files were found.`);
      await reader.close();
    });
    report(
      `Node: opening ${count} files, of a second`,
      opening,
      "aim < 1",
      `${(opening * 1000).toFixed(0)} ms; ${(count / adding).toFixed(0)} files a second went in`,
    );
  } finally {
    await server.stop();
  }
}
