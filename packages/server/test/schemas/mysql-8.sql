create table `removed_folder` (`folder` char(32) character set ascii collate ascii_bin primary key, `removed_at` bigint not null, `pending` bigint not null);
create index `removed_folder_pending` on `removed_folder` (`pending`);
