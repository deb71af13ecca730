INSERT INTO users (email, age) VALUES ('a@example.org', 30), ('b@example.org', 40);
