INSERT INTO t (id, c) VALUES (1, 1);
