-- create table llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll
CREATE TABLE `llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll` (
  `id` int NOT NULL,
  `mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm` int,
  `p` int,
  PRIMARY KEY (`id`),
  KEY `idx_llllllllllllllllllllllllllllllllllllllllllllllllllllllllllll` (`mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm`),
  KEY `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` (`p`),
  CONSTRAINT `llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll` FOREIGN KEY (`p`) REFERENCES `llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll` (`id`)
) ENGINE=InnoDB;
