/** Counts of requests, and what limits are looked up by. */
import type { Migration } from "./migration.ts";

export const rateMigration: Migration = {
  version: 9,
  async up(query, { word, integer, keyed }) {
    await keyed(
      query.schema
        .createTable("rate_count")
        .addColumn("id", word, (column) => column.primaryKey())
        .addColumn("requests", integer, (column) => column.notNull())
        .addColumn("ends_at", integer, (column) => column.notNull()),
    ).execute();
    await query.schema.createIndex("rate_count_end").on("rate_count").column("ends_at").execute();
    // How many blobs of a folder are open.
    await query.schema.createIndex("blob_folder_state").on("blob").columns(["folder", "state"]).execute();
  },
};
