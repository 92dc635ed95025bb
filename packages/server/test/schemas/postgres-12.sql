create table "webhook_message" ("id" text collate "C" primary key, "endpoint" text collate "C" not null, "event" text collate "C" not null, "state" text collate "C" not null, "body" bytea not null, "attempts" bigint not null, "status" bigint, "created_at" bigint not null, "due_at" bigint not null);
create index "webhook_message_due" on "webhook_message" ("state", "endpoint", "due_at");
create table "webhook_endpoint" ("id" text collate "C" primary key, "disabled_at" bigint not null);
