INSERT INTO t ("set") VALUES (7); INSERT INTO t (changed) VALUES ('kept');
