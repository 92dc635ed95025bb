create table "folder_subject" ("subject" text not null, "folder" text not null, "holder" integer not null, "listed" integer not null, "remembered_at" integer not null, constraint "folder_subject_key" primary key ("subject", "folder")) without rowid;
create index "folder_subject_folder" on "folder_subject" ("folder", "holder");
alter table "folder" add column "changed_at" integer;
