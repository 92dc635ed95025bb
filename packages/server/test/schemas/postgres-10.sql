create table "folder_subject" ("subject" text collate "C" not null, "folder" text collate "C" not null, "holder" bigint not null, "listed" bigint not null, "remembered_at" bigint not null, constraint "folder_subject_key" primary key ("subject", "folder"));
create index "folder_subject_folder" on "folder_subject" ("folder", "holder");
alter table "folder" add column "changed_at" bigint;
