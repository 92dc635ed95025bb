create table "rate_count" ("id" text collate "C" primary key, "requests" bigint not null, "ends_at" bigint not null);
create index "rate_count_end" on "rate_count" ("ends_at");
create index "blob_folder_state" on "blob" ("folder", "state");
