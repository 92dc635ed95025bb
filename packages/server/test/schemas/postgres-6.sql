create table "pairing" ("id" text collate "C" primary key, "folder" text collate "C" not null, "token_hash" bytea not null, "state" text collate "C" not null, "public_key" bytea, "nonce" bytea, "sealed" bytea, "expires_at" bigint not null);
create index "pairing_folder" on "pairing" ("folder", "expires_at");
create index "pairing_expires" on "pairing" ("expires_at");
