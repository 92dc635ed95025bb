create table `pairing` (`id` char(32) character set ascii collate ascii_bin primary key, `folder` char(32) character set ascii collate ascii_bin not null, `token_hash` varbinary(512) not null, `state` varchar(64) character set ascii collate ascii_bin not null, `public_key` varbinary(512), `nonce` varbinary(512), `sealed` varbinary(512), `expires_at` bigint not null);
create index `pairing_folder` on `pairing` (`folder`, `expires_at`);
create index `pairing_expires` on `pairing` (`expires_at`);
