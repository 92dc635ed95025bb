/** What is to be told to the host, and which of its endpoints want to hear no more. */
import type { Migration } from "./migration.ts";

export const webhookMigration: Migration = {
  version: 12,
  async up(query, { id, word, bytes, integer, keyed }) {
    const table = (name: string) => query.schema.createTable(name);

    await keyed(
      table("webhook_message")
        .addColumn("id", id, (column) => column.primaryKey())
        .addColumn("endpoint", id, (column) => column.notNull())
        .addColumn("event", word, (column) => column.notNull())
        .addColumn("state", word, (column) => column.notNull())
        .addColumn("body", bytes, (column) => column.notNull())
        .addColumn("attempts", integer, (column) => column.notNull())
        .addColumn("status", integer)
        .addColumn("created_at", integer, (column) => column.notNull())
        .addColumn("due_at", integer, (column) => column.notNull()),
    ).execute();
    await query.schema.createIndex("webhook_message_due").on("webhook_message").columns(["state", "endpoint", "due_at"]).execute();

    await keyed(
      table("webhook_endpoint")
        .addColumn("id", id, (column) => column.primaryKey())
        .addColumn("disabled_at", integer, (column) => column.notNull()),
    ).execute();
  },
};
