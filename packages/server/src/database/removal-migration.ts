/** Folders that were deleted as a whole. */
import type { Migration } from "./migration.ts";

export const removalMigration: Migration = {
  version: 8,
  async up(query, { id, integer, keyed }) {
    await keyed(
      query.schema
        .createTable("removed_folder")
        .addColumn("folder", id, (column) => column.primaryKey())
        .addColumn("removed_at", integer, (column) => column.notNull())
        .addColumn("pending", integer, (column) => column.notNull()),
    ).execute();
    await query.schema.createIndex("removed_folder_pending").on("removed_folder").column("pending").execute();
  },
};
