/**
 * A server with one webhook in a process of its own, that ends in the middle. Argument: JSON of `HookedChild`. Prints a line once it listens.
 */
import { join } from "node:path";
import { durableFs } from "../src/blobs/durable-fs.ts";
import { databaseOf } from "../src/database/database-of.ts";
import { serve } from "../src/node.ts";
import { heldDatabase } from "./held-database.ts";

export interface HookedChild {
  readonly folder: string;
  readonly database: string;
  readonly port: number;
  readonly hook: { readonly url: string; readonly secret: string };
  /** Milliseconds by which its clock is ahead. */
  readonly ahead: number;
  /** Where it kills itself: before it claims a message, or with one claimed and before it sends it. */
  readonly dies: "unclaimed" | "unsent" | "never";
}

const { folder, database, port, hook, ahead, dies } = JSON.parse(process.argv[2]!) as HookedChild;
const die = (): void => void process.kill(process.pid, "SIGKILL");
if (dies === "unsent") {
  globalThis.fetch = () => {
    die();
    return new Promise(() => undefined);
  };
}
const served = await serve({
  database: heldDatabase(await databaseOf(database), {
    beforeUpdate: (table) => {
      if (dies === "unclaimed" && table === "webhook_message") die();
    },
  }),
  blobs: durableFs(join(folder, "blobs")),
  port,
  webhooks: [hook],
  clock: () => Date.now() + ahead,
  assets: false,
  maintainEvery: 100,
});
process.stdout.write(`${JSON.stringify({ port: served.port })}\n`);
process.on("SIGTERM", () => void served.close().then(() => process.exit(0)));
