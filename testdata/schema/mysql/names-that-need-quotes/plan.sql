-- create table Order; `x`
CREATE TABLE `Order; ``x``` (
  `select` int NOT NULL,
  `a"b` int,
  `it's` varchar(10) DEFAULT 'd''',
  `ünï` int,
  `back\slash` int,
  PRIMARY KEY (`select`),
  KEY `in``dex` (`a"b`)
) ENGINE=InnoDB;
-- create table group
CREATE TABLE `group` (
  `key` int NOT NULL,
  `of` int,
  PRIMARY KEY (`key`),
  KEY `fk; --` (`of`),
  CONSTRAINT `fk; --` FOREIGN KEY (`of`) REFERENCES `Order; ``x``` (`select`)
) ENGINE=InnoDB;
