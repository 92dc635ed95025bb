/** A server in a process of its own, over any database. Arguments: the database's URL, folder of blobs, port. Prints its port once it listens. */
import { databaseOf } from "../../src/database/database-of.ts";
import { durableFs } from "../../src/blobs/durable-fs.ts";
import { serve } from "../../src/node.ts";

const [url, blobs, port, origin] = process.argv.slice(2);
const served = await serve({
  database: await databaseOf(url!),
  blobs: durableFs(blobs!),
  origin: origin!,
  port: Number(port),
  assets: false,
  maintainEvery: 500,
  log: () => undefined, // refusals and lost connections are what this is about
});
process.stdout.write(`${served.port}\n`);
