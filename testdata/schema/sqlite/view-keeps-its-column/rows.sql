INSERT INTO users (email, age) VALUES ('a@example.org', 30), ('b@example.org', 40);
CREATE VIEW ages AS SELECT age FROM users;
