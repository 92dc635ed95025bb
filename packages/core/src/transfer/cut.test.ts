import { openAsBlob } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serverForThisTest } from "../../test/devices-on-server.ts";
import { Line } from "../../test/line.ts";
import { TestFolder } from "../../test/transfer-folder.ts";
import { partSize, plainSizeOf, sealedSizeOf } from "../seal/geometry.ts";
import { MOST_REQUESTS } from "./requests.ts";
import { Transferring } from "./transferring.ts";

const MiB = 2 ** 20;

test(
  "1 GiB whose line is cut three times on the way: each cut costs the parts that were under way, no more",
  { timeout: 240_000 },
  async () => {
    const place = await mkdtemp(join(tmpdir(), "keyfold-cut-"));
    const path = join(place, "film.bin");
    const handle = await open(path, "w");
    await handle.truncate(1024 * MiB);
    await handle.close();
    const server = await serverForThisTest({ origin: () => true });
    const line = await Line.to(Number(new URL(server.url).port));
    const folder = await TestFolder.create(server);
    const transferring = new Transferring(await folder.page({ server: `http://127.0.0.1:${line.port}/keyfold` }));
    const blob = await openAsBlob(path);
    const file = new File([blob], "film.bin", { lastModified: 1_764_000_000_000 });

    let cuts = 0;
    line.cutAfter(150 * MiB);
    line.onCut = () => {
      if (++cuts < 3) line.cutAfter((150 + 300 * cuts) * MiB);
    };
    const [id] = transferring.uploads.add([file]);
    await transferring.uploads.finished(id!);

    expect(cuts).toBe(3);
    const sealedSize = sealedSizeOf(plainSizeOf(file.size, true));
    // Requests carry headers too, and the log's entry is small.
    expect(line.sent - sealedSize).toBeLessThan(cuts * MOST_REQUESTS * partSize + MiB);
    await transferring.close();
    await line.close();
    await rm(place, { recursive: true });
  },
);
