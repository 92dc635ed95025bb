create table "pairing" ("id" text primary key, "folder" text not null, "token_hash" blob not null, "state" text not null, "public_key" blob, "nonce" blob, "sealed" blob, "expires_at" integer not null) without rowid;
create index "pairing_folder" on "pairing" ("folder", "expires_at");
create index "pairing_expires" on "pairing" ("expires_at");
