-- create table t
CREATE TABLE `t` (
  `id` int NOT NULL,
  `a` varchar(20),
  `b` int,
  `c` int,
  PRIMARY KEY (`id`),
  KEY `by_b` (`b`),
  KEY `idx_t_a` (`a`),
  UNIQUE KEY `idx_t_a_b` (`a`, `b`),
  UNIQUE KEY `key` (`c`, `id`)
) ENGINE=InnoDB;
