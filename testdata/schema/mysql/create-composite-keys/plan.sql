-- create table p
CREATE TABLE `p` (
  `a` int NOT NULL,
  `b` varchar(10) NOT NULL,
  `c` int,
  PRIMARY KEY (`a`, `b`),
  UNIQUE KEY `idx_p_b_c` (`b`, `c`)
) ENGINE=InnoDB;
-- create table c
CREATE TABLE `c` (
  `id` int NOT NULL,
  `x` int,
  `y` varchar(10),
  `z` int,
  PRIMARY KEY (`id`),
  KEY `by_pair` (`y`, `z`),
  KEY `c_x_y_fkey` (`x`, `y`),
  CONSTRAINT `by_pair` FOREIGN KEY (`y`, `z`) REFERENCES `p` (`b`, `c`),
  CONSTRAINT `c_x_y_fkey` FOREIGN KEY (`x`, `y`) REFERENCES `p` (`a`, `b`)
) ENGINE=InnoDB;
