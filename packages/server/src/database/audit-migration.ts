/** The audit log, and what the walks over stored parts and folders remember. */
import type { Migration } from "./migration.ts";

export const auditMigration: Migration = {
  version: 11,
  async up(query, { id, word, integer, keyed }) {
    const table = (name: string) => query.schema.createTable(name);

    await keyed(
      table("audit")
        .addColumn("folder", id, (column) => column.notNull())
        .addColumn("at", integer, (column) => column.notNull())
        .addColumn("id", id, (column) => column.notNull())
        .addColumn("event", word, (column) => column.notNull())
        .addColumn("last_at", integer)
        .addColumn("epoch", integer)
        .addColumn("seq", integer)
        .addColumn("occurrences", integer)
        .addColumn("size", integer)
        .addColumn("share", id)
        .addColumn("scope", word)
        .addPrimaryKeyConstraint("audit_key", ["folder", "at", "id"]),
    ).execute();
    await query.schema.createIndex("audit_age").on("audit").column("at").execute();

    await keyed(
      table("walk")
        .addColumn("name", word, (column) => column.primaryKey())
        .addColumn("folder", id, (column) => column.notNull())
        .addColumn("blob", id, (column) => column.notNull())
        .addColumn("part", integer, (column) => column.notNull())
        .addColumn("step", integer, (column) => column.notNull())
        .addColumn("begun_at", integer, (column) => column.notNull())
        .addColumn("moved_at", integer, (column) => column.notNull()),
    ).execute();

    await keyed(
      table("damaged_part")
        .addColumn("folder", id, (column) => column.notNull())
        .addColumn("blob", id, (column) => column.notNull())
        .addColumn("part", integer, (column) => column.notNull())
        .addColumn("reason", word, (column) => column.notNull())
        .addColumn("found_at", integer, (column) => column.notNull())
        .addPrimaryKeyConstraint("damaged_part_key", ["folder", "blob", "part"]),
    ).execute();
  },
};
