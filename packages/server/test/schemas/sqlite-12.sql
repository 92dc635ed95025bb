create table "webhook_message" ("id" text primary key, "endpoint" text not null, "event" text not null, "state" text not null, "body" blob not null, "attempts" integer not null, "status" integer, "created_at" integer not null, "due_at" integer not null) without rowid;
create index "webhook_message_due" on "webhook_message" ("state", "endpoint", "due_at");
create table "webhook_endpoint" ("id" text primary key, "disabled_at" integer not null) without rowid;
