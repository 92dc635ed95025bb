/** What a migration is, and what differs between databases in one. */
import type { CreateTableBuilder, Kysely, sql } from "kysely";

type ColumnType = ReturnType<typeof sql> | "text" | "blob" | "integer" | "bigint" | "bytea";

export interface ColumnTypes {
  /** 16 bytes in hex; compared byte by byte. */
  readonly id: ColumnType;
  /** A short word or token in ASCII, at most 64 characters. */
  readonly word: ColumnType;
  /** At most 512 bytes. */
  readonly bytes: ColumnType;
  /** At most 4 MiB. */
  readonly body: ColumnType;
  /** 0 to 2^53 - 1. */
  readonly integer: ColumnType;
  /** An integer that the database counts up by itself. */
  readonly position: (table: CreateTableBuilder<string, string>) => CreateTableBuilder<string, string>;
  /** What a table ends in that is looked up by its primary key alone. */
  readonly keyed: (table: CreateTableBuilder<string, string>) => CreateTableBuilder<string, string>;
}

export interface Migration {
  readonly version: number;
  up(query: Kysely<unknown>, types: ColumnTypes): Promise<void>;
}
