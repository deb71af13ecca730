-- create table computed
CREATE TABLE `computed` (
  `c00` int DEFAULT (1 + 1),
  `c01` varchar(40) DEFAULT 'uuid()',
  `c02` date DEFAULT (curdate()),
  `c03` datetime NULL DEFAULT (current_timestamp() + interval 1 day),
  `c04` json DEFAULT '{"b": 1, "a": [2]}',
  `c05` json DEFAULT (json_object('a',1)),
  `c06` text DEFAULT 'it''s',
  `c07` double DEFAULT (rand()),
  `c08` int DEFAULT ((1 + 2) * 3),
  `c09` bigint DEFAULT (unix_timestamp())
) ENGINE=InnoDB;
