create table "rate_count" ("id" text primary key, "requests" integer not null, "ends_at" integer not null) without rowid;
create index "rate_count_end" on "rate_count" ("ends_at");
create index "blob_folder_state" on "blob" ("folder", "state");
