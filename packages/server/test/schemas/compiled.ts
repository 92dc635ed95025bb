/** The statements of a migration, as each database is asked for them; nothing is run. */
import {
  DummyDriver,
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type Dialect,
} from "kysely";
import type { ColumnTypes, Migration } from "../../src/database/migrations.ts";
import { columnTypes as mysqlTypes } from "../../src/database/mysql.ts";
import { columnTypes as postgresTypes } from "../../src/database/postgres.ts";
import { columnTypes as sqliteTypes } from "../../src/database/sqlite.ts";
import type { DatabaseName } from "../database-servers.ts";

const driver = { createDriver: () => new DummyDriver() };
const dialects: Record<DatabaseName, { readonly dialect: Dialect; readonly types: ColumnTypes }> = {
  sqlite: {
    dialect: {
      ...driver,
      createAdapter: () => new SqliteAdapter(),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createIntrospector: (query) => new SqliteIntrospector(query),
    },
    types: sqliteTypes,
  },
  postgres: {
    dialect: {
      ...driver,
      createAdapter: () => new PostgresAdapter(),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createIntrospector: (query) => new PostgresIntrospector(query),
    },
    types: postgresTypes,
  },
  mysql: {
    dialect: {
      ...driver,
      createAdapter: () => new MysqlAdapter(),
      createQueryCompiler: () => new MysqlQueryCompiler(),
      createIntrospector: (query) => new MysqlIntrospector(query),
    },
    types: mysqlTypes,
  },
};

/** As a file in this folder holds them. */
export async function compiled(name: DatabaseName, migration: Migration): Promise<string> {
  const { dialect, types } = dialects[name];
  let text = "";
  const query = new Kysely<unknown>({ dialect, log: (event) => void (text += `${event.query.sql};\n`) });
  await migration.up(query, types);
  await query.destroy();
  return text;
}
