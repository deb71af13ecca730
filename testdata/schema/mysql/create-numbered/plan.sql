-- create table u
CREATE TABLE `u` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `n` int,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
-- create table v
CREATE TABLE `v` (
  `id` int NOT NULL,
  `n` smallint NOT NULL AUTO_INCREMENT,
  PRIMARY KEY (`id`),
  KEY `idx_v_n` (`n`)
) ENGINE=InnoDB;
