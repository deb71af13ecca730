-- create table c_customer
CREATE TABLE `c_customer` (
  `id` int NOT NULL AUTO_INCREMENT,
  `n` varchar(20),
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
-- create table b_order
CREATE TABLE `b_order` (
  `id` int NOT NULL,
  `c_id` int,
  PRIMARY KEY (`id`),
  KEY `b_order_c_id_fkey` (`c_id`),
  CONSTRAINT `b_order_c_id_fkey` FOREIGN KEY (`c_id`) REFERENCES `c_customer` (`id`) ON DELETE SET NULL
) ENGINE=InnoDB;
-- create table a_line
CREATE TABLE `a_line` (
  `id` int NOT NULL,
  `order_id` int,
  PRIMARY KEY (`id`),
  KEY `a_line_order_id_fkey` (`order_id`),
  CONSTRAINT `a_line_order_id_fkey` FOREIGN KEY (`order_id`) REFERENCES `b_order` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB;
