create table "removed_folder" ("folder" text collate "C" primary key, "removed_at" bigint not null, "pending" bigint not null);
create index "removed_folder_pending" on "removed_folder" ("pending");
