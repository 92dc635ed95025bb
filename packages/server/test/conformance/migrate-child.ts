/** Migrates a database in a process of its own, once it is told to. Argument: its URL. */
import { once } from "node:events";
import { databaseOf } from "../../src/database/database-of.ts";
import { patiently } from "../../src/database/database.ts";

const database = await databaseOf(process.argv[2]!);
process.stdout.write("ready\n");
await once(process.stdin, "data");
await patiently(database, () => database.migrate());
await database.close();
process.exit(0);
