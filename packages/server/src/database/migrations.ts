/**
 * The schema, version by version. Written once for all databases: what differs between them comes in as `ColumnTypes`.
 *
 * A migration is never changed after a release; a new one is added, and kept as it is (`test/schemas/keep.ts`).
 *
 * @module
 */

import type { CreateTableBuilder } from "kysely";
import { auditMigration } from "./audit-migration.ts";
import type { Migration } from "./migration.ts";
import { pairingMigration } from "./pairing-migration.ts";
import { rateMigration } from "./rate-migration.ts";
import { removalMigration } from "./removal-migration.ts";
import { shareMigration } from "./share-migration.ts";
import { subjectMigration } from "./subject-migration.ts";
import { webhookMigration } from "./webhook-migration.ts";

export type { ColumnTypes, Migration } from "./migration.ts";

export const migrations: readonly Migration[] = [
  {
    version: 1,
    async up(query, { id, word, bytes, body, integer, position, keyed }) {
      const table = (name: string): CreateTableBuilder<string, string> => query.schema.createTable(name);

      await table("folder")
        .addColumn("id", id, (column) => column.primaryKey())
        .addColumn("mode", integer, (column) => column.notNull())
        .addColumn("epoch", integer, (column) => column.notNull())
        .addColumn("seq", integer, (column) => column.notNull())
        .addColumn("head", bytes, (column) => column.notNull())
        .addColumn("keys", bytes, (column) => column.notNull())
        .addColumn("key_id", id, (column) => column.notNull())
        .addColumn("used", integer, (column) => column.notNull())
        .addColumn("created_at", integer, (column) => column.notNull())
        .execute();
      // The collector looks for open folders that were never written to.
      await query.schema.createIndex("folder_unwritten").on("folder").columns(["seq", "mode", "created_at"]).execute();

      await keyed(
        table("folder_key")
          .addColumn("key_id", id, (column) => column.primaryKey())
          .addColumn("folder", id, (column) => column.notNull())
          .addColumn("epoch", integer, (column) => column.notNull()),
      ).execute();
      await query.schema.createIndex("folder_key_folder").on("folder_key").column("folder").execute();

      await keyed(
        table("log_record")
          .addColumn("folder", id, (column) => column.notNull())
          .addColumn("seq", integer, (column) => column.notNull())
          .addColumn("kind", integer, (column) => column.notNull())
          .addColumn("size", integer, (column) => column.notNull())
          .addColumn("wire", bytes, (column) => column.notNull())
          .addPrimaryKeyConstraint("log_record_key", ["folder", "seq"]),
      ).execute();

      await table("sealed_body")
        .addColumn("folder", id, (column) => column.notNull())
        .addColumn("seq", integer, (column) => column.notNull())
        .addColumn("bytes", body, (column) => column.notNull())
        .addPrimaryKeyConstraint("sealed_body_key", ["folder", "seq"])
        .execute();
      await table("published_key")
        .addColumn("folder", id, (column) => column.primaryKey())
        .addColumn("bytes", body, (column) => column.notNull())
        .execute();

      await keyed(
        table("blob")
          .addColumn("folder", id, (column) => column.notNull())
          .addColumn("id", id, (column) => column.notNull())
          .addColumn("state", word, (column) => column.notNull())
          .addColumn("sealed_size", integer, (column) => column.notNull())
          .addColumn("missing", integer, (column) => column.notNull())
          .addColumn("added_epoch", integer)
          .addColumn("due_at", integer)
          .addColumn("passes", integer, (column) => column.notNull())
          .addColumn("cursor", integer, (column) => column.notNull())
          .addPrimaryKeyConstraint("blob_key", ["folder", "id"]),
      ).execute();
      await query.schema.createIndex("blob_due").on("blob").columns(["state", "due_at"]).execute();

      await keyed(
        table("part")
          .addColumn("folder", id, (column) => column.notNull())
          .addColumn("blob", id, (column) => column.notNull())
          .addColumn("part", integer, (column) => column.notNull())
          .addColumn("hash", bytes, (column) => column.notNull())
          .addColumn("stored", integer, (column) => column.notNull())
          .addPrimaryKeyConstraint("part_key", ["folder", "blob", "part"]),
      ).execute();

      await keyed(
        table("used_nonce")
          .addColumn("nonce", word, (column) => column.primaryKey())
          .addColumn("expires_at", integer, (column) => column.notNull()),
      ).execute();
      await query.schema.createIndex("used_nonce_expires").on("used_nonce").column("expires_at").execute();

      await position(table("turn"))
        .addColumn("folder", id, (column) => column.notNull())
        .addColumn("ticket", word, (column) => column.notNull())
        .addColumn("until_at", integer)
        .addColumn("created_at", integer, (column) => column.notNull())
        .execute();
      await query.schema.createIndex("turn_folder").on("turn").columns(["folder", "position"]).execute();

      await keyed(
        table("lease")
          .addColumn("name", word, (column) => column.primaryKey())
          .addColumn("holder", word, (column) => column.notNull())
          .addColumn("until_at", integer, (column) => column.notNull()),
      ).execute();

      await keyed(
        table("server_secret")
          .addColumn("name", word, (column) => column.primaryKey())
          .addColumn("secret", bytes, (column) => column.notNull()),
      ).execute();

      await keyed(
        table("erasure")
          .addColumn("id", id, (column) => column.primaryKey())
          .addColumn("created_at", integer, (column) => column.notNull()),
      ).execute();
    },
  },
  shareMigration,
  pairingMigration,
  removalMigration,
  rateMigration,
  subjectMigration,
  auditMigration,
  webhookMigration,
];
