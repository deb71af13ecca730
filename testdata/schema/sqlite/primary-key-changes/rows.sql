INSERT INTO t VALUES (3, 'x', 'y'), (9, 'z', NULL);
