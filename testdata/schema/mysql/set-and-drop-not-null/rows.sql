INSERT INTO t VALUES (1, 'a', '2026-01-01', '{}');
