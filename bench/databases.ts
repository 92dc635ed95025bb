/** Appends over each database against bare transactions of the same rows, and a page far back in a long log. Where a server is missing it says so. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { joinPage } from "@keyfold/core/protocol";
import { keyfold, type Keyfold } from "../packages/server/src/app.ts";
import { durableFs } from "../packages/server/src/blobs/durable-fs.ts";
import { databaseOf } from "../packages/server/src/database/database-of.ts";
import { transact, type Database } from "../packages/server/src/database/database.ts";
import { databaseNames, emptyDatabase, whyMissing, type DatabaseName } from "../packages/server/test/database-servers.ts";
import { bytesOf, newId, newOwner, type Owner } from "../packages/server/test/owner.ts";
import { sendBy } from "../packages/server/test/send.ts";
import { median, report, seconds } from "./measure.ts";

const base = "http://localhost/keyfold";
const folders = 8;

export async function databaseTimes(folder: string, quick: boolean): Promise<void> {
  for (const name of databaseNames) {
    const missing = await whyMissing(name);
    if (missing === undefined) await measured(name, join(folder, name), quick);
    else console.log(missing);
  }
}

async function measured(name: DatabaseName, place: string, quick: boolean): Promise<void> {
  await mkdir(place, { recursive: true });
  const { url, drop } = await emptyDatabase(name);
  const database = await databaseOf(url);
  const app = keyfold({ database, blobs: durableFs(join(place, "blobs")), origin: base, assets: false });
  const send = sendBy((url, init) => Promise.resolve(app.request(url.replace("/keyfold", ""), init)), base);
  const owners = await Promise.all(Array.from({ length: folders }, () => newOwner(send, base)));
  try {
    await appends(name, database, owners, quick ? 100 : 1_000);
    await page(name, database, app, owners[0]!, quick ? 100_000 : 1_000_000);
  } finally {
    await app.close();
    await drop();
  }
}

/** Entries are signed before the clock runs; the server verifies them while it does. */
async function appends(name: DatabaseName, database: Database, owners: readonly Owner[], count: number): Promise<void> {
  const entries = await Promise.all(
    owners.map(async (owner) => {
      const bodies: Uint8Array[] = [];
      for (let i = 0; i < count; i++) {
        const { wire, next } = await owner.entry();
        bodies.push(joinPage([wire]));
        owner.position = next;
      }
      return bodies;
    }),
  );
  // A bare folder a row, in the same tables.
  const rows = owners.map(() => ({ id: newId(), key_id: newId(), head: bytesOf(32), keys: bytesOf(128) }));
  const zero = { mode: 0, epoch: 0, seq: 0, used: 0, created_at: 0 };
  await database.query
    .insertInto("folder")
    .values(rows.map((row) => ({ ...row, ...zero })))
    .execute();
  const [spine, body] = [bytesOf(161), bytesOf(1_200)];
  const bareOf = async (id: string): Promise<void> => {
    for (let seq = 1; seq <= count; seq++) {
      await transact(database, async (batch) => {
        await batch
          .updateTable("folder")
          .set({ seq, head: spine.subarray(0, 32) })
          .where("id", "=", id)
          .where("seq", "=", seq - 1)
          .execute();
        await batch.insertInto("log_record").values({ folder: id, seq, kind: 1, size: 1_204, wire: spine }).execute();
        await batch
          .insertInto("sealed_body")
          .values({ folder: id, seq, bytes: database.filled(body) })
          .execute();
      });
    }
  };
  const bare = await seconds(() => Promise.all(rows.map(({ id }) => bareOf(id))));
  const own = await seconds(() =>
    Promise.all(
      owners.map(async (owner, place) => {
        for (const [i, body] of entries[place]!.entries()) {
          const { status } = await owner.call("POST", "/log", { headers: { "keyfold-at": String(i + 1) }, body });
          if (status !== 200) throw new Error(`append: ${status}`);
        }
      }),
    ),
  );
  const all = count * owners.length;
  const detail = `${(all / own).toFixed(0)}/s against ${(all / bare).toFixed(0)}/s, ${folders} folders at once`;
  report(`${name}: appends against bare transactions`, bare / own, "aim >= 0.7", detail);
}

/** The last 1,000 records of a log that is as long. What they hold does not matter to whoever reads them out. */
async function page(name: DatabaseName, database: Database, app: Keyfold, owner: Owner, length: number): Promise<void> {
  const { folder } = owner;
  const [spine, body] = [bytesOf(161), bytesOf(300)];
  const start = owner.position.seq + 1;
  const step = 1_000;
  for (let from = start; from <= length; from += step) {
    const seqs = Array.from({ length: Math.min(step, length - from + 1) }, (_, i) => from + i);
    await transact(database, async (batch) => {
      await batch
        .insertInto("log_record")
        .values(seqs.map((seq) => ({ folder, seq, kind: 1, size: 304, wire: spine })))
        .execute();
      await batch
        .insertInto("sealed_body")
        .values(seqs.map((seq) => ({ folder, seq, bytes: body })))
        .execute();
    });
  }
  await database.query.updateTable("folder").set({ seq: length }).where("id", "=", folder).execute();
  const times: number[] = [];
  for (let round = 0; round < 21; round++) {
    const time = await seconds(async () => {
      const answer = await app.request(`/v1/folders/${folder}/log?from=${length - 999}`, { headers: { "keyfold-token": owner.token } });
      const bytes = await answer.arrayBuffer();
      if (answer.headers.get("keyfold-count") !== "1000" || bytes.byteLength !== 304_000) throw new Error("another page");
    });
    times.push(time);
  }
  const middle = median(times) * 1_000;
  report(`${name}: a page of 1,000 out of ${length}, to 20 ms`, middle / 20, "aim < 1", `${middle.toFixed(1)} ms`);
}
