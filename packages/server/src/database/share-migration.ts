/** The tables of shares (docs/protocol.md, "Shares"). */
import type { Migration } from "./migration.ts";

export const shareMigration: Migration = {
  version: 5,
  async up(query, { id, word, bytes, body, integer, keyed }) {
    const table = (name: string) => query.schema.createTable(name);

    await keyed(
      table("share")
        .addColumn("id", id, (column) => column.primaryKey())
        .addColumn("folder", id, (column) => column.notNull())
        .addColumn("epoch", integer, (column) => column.notNull())
        .addColumn("state", word, (column) => column.notNull())
        .addColumn("version", integer, (column) => column.notNull())
        .addColumn("seq", integer, (column) => column.notNull())
        .addColumn("expires", integer, (column) => column.notNull())
        .addColumn("download_limit", integer, (column) => column.notNull())
        .addColumn("downloads", integer, (column) => column.notNull())
        .addColumn("guesses", integer, (column) => column.notNull())
        .addColumn("token_hash", bytes, (column) => column.notNull())
        .addColumn("kept", bytes, (column) => column.notNull())
        .addColumn("signature", bytes, (column) => column.notNull())
        .addColumn("due_at", integer),
    ).execute();
    await query.schema.createIndex("share_folder").on("share").columns(["folder", "state"]).execute();
    await query.schema.createIndex("share_due").on("share").columns(["state", "due_at"]).execute();

    await table("share_manifest")
      .addColumn("share", id, (column) => column.primaryKey())
      .addColumn("size", integer, (column) => column.notNull())
      .addColumn("bytes", body, (column) => column.notNull())
      .execute();

    await keyed(
      table("share_blob")
        .addColumn("share", id, (column) => column.notNull())
        .addColumn("blob", id, (column) => column.notNull())
        .addColumn("listed", integer, (column) => column.notNull())
        .addPrimaryKeyConstraint("share_blob_key", ["share", "blob"]),
    ).execute();

    await keyed(
      table("share_take")
        .addColumn("share", id, (column) => column.notNull())
        .addColumn("take", id, (column) => column.notNull())
        .addColumn("taken_at", integer, (column) => column.notNull())
        .addPrimaryKeyConstraint("share_take_key", ["share", "take"]),
    ).execute();
    await query.schema.createIndex("share_take_age").on("share_take").column("taken_at").execute();

    await keyed(
      table("share_guess")
        .addColumn("id", id, (column) => column.primaryKey())
        .addColumn("share", id, (column) => column.notNull())
        .addColumn("address", word, (column) => column.notNull())
        .addColumn("guessed_at", integer, (column) => column.notNull()),
    ).execute();
    await query.schema.createIndex("share_guess_share").on("share_guess").columns(["share", "guessed_at"]).execute();
    await query.schema.createIndex("share_guess_age").on("share_guess").column("guessed_at").execute();
  },
};
