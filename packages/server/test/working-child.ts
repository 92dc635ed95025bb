/** A worker whose scrub comes to no end, to be killed. Arguments: data folder, prefix in Redis. Prints a line once it reads a part. */
import { join } from "node:path";
import { keyfold } from "../src/app.ts";
import { work } from "../src/bullmq.ts";
import { sqlite } from "../src/database/sqlite.ts";

const [dataDir, prefix] = process.argv.slice(2);
const app = keyfold({
  database: sqlite(join(dataDir!, "keyfold.db")),
  blobs: {
    local: true,
    put: async () => undefined,
    get: () => {
      process.stdout.write("reading\n");
      return new Promise(() => undefined);
    },
    remove: async () => undefined,
  },
  assets: false,
});
await work(app, {
  connection: { host: "127.0.0.1", port: 6379 },
  prefix: prefix!,
  every: { collect: false, webhooks: false, scrub: 3_600_000 },
  // Who looked for stalled jobs last says when the next may.
  worker: { lockDuration: 1_000, stalledInterval: 200 },
});
