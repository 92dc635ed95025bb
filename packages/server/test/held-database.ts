/** A database whose batches a test can hold, or have fail. */
import type { Batch, Database } from "../src/database/database.ts";

export interface BatchHooks {
  /** After a batch's last statement, before it is committed; what it throws rolls the batch back. */
  readonly beforeCommit?: (kind: "full" | "light") => void | Promise<void>;
  /** Called with each table that is about to be updated outside of batches. */
  readonly beforeUpdate?: (table: string) => void;
}

export function heldDatabase(database: Database, { beforeCommit, beforeUpdate }: BatchHooks): Database {
  const held =
    <Result>(kind: "full" | "light", batch: (transaction: Batch) => Promise<Result>) =>
    async (transaction: Batch): Promise<Result> => {
      const result = await batch(transaction);
      await beforeCommit?.(kind);
      return result;
    };
  const { query } = database;
  const own: Partial<Record<string | symbol, unknown>> = {
    transaction: () => ({
      execute: <Result>(batch: (transaction: Batch) => Promise<Result>) => query.transaction().execute(held("full", batch)),
    }),
    updateTable(table: "folder") {
      beforeUpdate?.(table);
      return query.updateTable(table);
    },
  };
  const watched = new Proxy(query, {
    get(target, name) {
      if (own[name] !== undefined) return own[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return { ...database, query: watched, light: (batch) => database.light(held("light", batch)) };
}
