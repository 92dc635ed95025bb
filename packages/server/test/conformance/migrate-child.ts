/** Migrates databases in a process of its own: one for each line that it reads, a URL. Says so with a line when it is ready, and after each. */
import { createInterface } from "node:readline";
import { databaseOf } from "../../src/database/database-of.ts";
import { patiently } from "../../src/database/database.ts";

process.stdout.write("ready\n");
for await (const url of createInterface({ input: process.stdin })) {
  const database = await databaseOf(url);
  await patiently(database, () => database.migrate());
  await database.close();
  process.stdout.write("migrated\n");
}
