INSERT INTO t (d) VALUES ('{}');
