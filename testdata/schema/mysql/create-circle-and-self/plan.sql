-- create table egg
CREATE TABLE `egg` (
  `id` int NOT NULL,
  `hen` int,
  PRIMARY KEY (`id`),
  KEY `egg_hen_fkey` (`hen`)
) ENGINE=InnoDB;
-- create table hen
CREATE TABLE `hen` (
  `id` int NOT NULL,
  `egg` int,
  `mother` int,
  PRIMARY KEY (`id`),
  KEY `hen_egg_fkey` (`egg`),
  KEY `hen_mother_fkey` (`mother`),
  CONSTRAINT `hen_mother_fkey` FOREIGN KEY (`mother`) REFERENCES `hen` (`id`)
) ENGINE=InnoDB;
-- add foreign key egg_hen_fkey to egg
ALTER TABLE `egg` ADD CONSTRAINT `egg_hen_fkey` FOREIGN KEY (`hen`) REFERENCES `hen` (`id`), ALGORITHM=COPY, LOCK=SHARED;
-- add foreign key hen_egg_fkey to hen
ALTER TABLE `hen` ADD CONSTRAINT `hen_egg_fkey` FOREIGN KEY (`egg`) REFERENCES `egg` (`id`), ALGORITHM=COPY, LOCK=SHARED;
