INSERT INTO t VALUES (1, 'a', 1, 'a', 'x', 1.5);
