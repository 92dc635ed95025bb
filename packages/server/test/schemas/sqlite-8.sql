create table "removed_folder" ("folder" text primary key, "removed_at" integer not null, "pending" integer not null) without rowid;
create index "removed_folder_pending" on "removed_folder" ("pending");
