-- create table t
CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(10),
  `b` varchar(10) COLLATE utf8mb4_bin,
  `c` text COLLATE latin1_swedish_ci,
  `d` enum('x') COLLATE utf8_bin,
  `e` char(3) COLLATE ascii_bin,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB COLLATE=utf8mb4_unicode_ci;
-- create table u
CREATE TABLE `u` (
  `id` int NOT NULL,
  `a` varchar(10),
  `b` int,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB COLLATE=latin1_swedish_ci;
-- create table v
CREATE TABLE `v` (
  `id` int NOT NULL,
  `a` varchar(10),
  PRIMARY KEY (`id`)
) ENGINE=InnoDB COLLATE=utf8_bin;
