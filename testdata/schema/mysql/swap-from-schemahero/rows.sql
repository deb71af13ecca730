-- What SchemaHero made of the manifest, and what its form cannot say.
CREATE TABLE users (`id` int (11) auto_increment, `email` varchar (100) not null, `active` tinyint (1) default '1', `level` smallint (5), `bio` text, `made` timestamp default CURRENT_TIMESTAMP, `ratio` float, `price` decimal (10, 2) default '0', primary key (`id`));
CREATE UNIQUE INDEX idx_users_email ON users (`email`);
CREATE INDEX by_start ON users (bio(10));
ALTER TABLE users ADD FULLTEXT KEY words (bio);
INSERT INTO users (email) VALUES ('a@b');
