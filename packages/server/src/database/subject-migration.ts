/** The host's users and their folders. */
import type { Migration } from "./migration.ts";

export const subjectMigration: Migration = {
  version: 10,
  async up(query, { id, word, integer, keyed }) {
    await keyed(
      query.schema
        .createTable("folder_subject")
        .addColumn("subject", word, (column) => column.notNull())
        .addColumn("folder", id, (column) => column.notNull())
        .addColumn("holder", integer, (column) => column.notNull())
        .addColumn("listed", integer, (column) => column.notNull())
        .addColumn("remembered_at", integer, (column) => column.notNull())
        .addPrimaryKeyConstraint("folder_subject_key", ["subject", "folder"]),
    ).execute();
    await query.schema.createIndex("folder_subject_folder").on("folder_subject").columns(["folder", "holder"]).execute();
    await query.schema.alterTable("folder").addColumn("changed_at", integer).execute();
  },
};
