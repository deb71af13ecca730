INSERT INTO users (email, age) VALUES ('a@example.org', 30), ('b@example.org', 40);
INSERT INTO posts (author, body) VALUES (1, 'first'), (2, 'it''s; -- second');
