/** One suite over all databases; what only servers can do (connections, locks of rows) follows it. */
import { beforeEach, describe, onTestFinished, vi } from "vitest";
import { batches } from "../../test/conformance/batches.ts";
import { migrating } from "../../test/conformance/migrations.ts";
import { onServers } from "../../test/conformance/servers.ts";
import { values } from "../../test/conformance/values.ts";
import { databaseNames, freshDatabase, needs } from "../../test/databases.ts";
import { databaseOf } from "./database-of.ts";
import { patiently, type Database } from "./database.ts";

// Databases are made and migrated in each test, beside whatever else the machine does.
vi.setConfig({ testTimeout: 90_000 });

describe.each(databaseNames)("%s", (name) => {
  beforeEach((context) => needs(name, context));

  let url: Promise<string> | undefined;
  beforeEach(() => {
    url = undefined;
  });
  const urlOfTest = () => (url ??= freshDatabase(name));
  const opened = async (): Promise<Database> => {
    const database = await databaseOf(await urlOfTest());
    onTestFinished(() => database.close());
    await patiently(database, () => database.migrate());
    return database;
  };

  migrating(name);
  describe("values", () => values(opened));
  describe("batches", () => batches(opened));
  if (name !== "sqlite") describe("connections", () => onServers(name, opened, urlOfTest));
});
