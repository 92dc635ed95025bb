/** Meetings of two devices. */
import type { Migration } from "./migration.ts";

export const pairingMigration: Migration = {
  version: 6,
  async up(query, { id, word, bytes, integer, keyed }) {
    await keyed(
      query.schema
        .createTable("pairing")
        .addColumn("id", id, (column) => column.primaryKey())
        .addColumn("folder", id, (column) => column.notNull())
        .addColumn("token_hash", bytes, (column) => column.notNull())
        .addColumn("state", word, (column) => column.notNull())
        .addColumn("public_key", bytes)
        .addColumn("nonce", bytes)
        .addColumn("sealed", bytes)
        .addColumn("expires_at", integer, (column) => column.notNull()),
    ).execute();
    await query.schema.createIndex("pairing_folder").on("pairing").columns(["folder", "expires_at"]).execute();
    await query.schema.createIndex("pairing_expires").on("pairing").column("expires_at").execute();
  },
};
