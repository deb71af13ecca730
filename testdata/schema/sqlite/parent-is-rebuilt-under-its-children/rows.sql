INSERT INTO users (email, age) VALUES ('a@example.org', 30), ('b@example.org', 40);
INSERT INTO posts (author, body) VALUES (1, 'first'), (2, 'it''s; -- second');
CREATE VIEW adults AS SELECT u.email, p.body FROM users AS u JOIN posts AS p ON p.author = u.id WHERE age > 17;
CREATE TRIGGER shout AFTER INSERT ON users WHEN NEW.age > 99 BEGIN
  UPDATE users SET email = upper(email) WHERE id = NEW.id;
  DELETE FROM posts WHERE body = 'users; never';
END;
CREATE TRIGGER answers AFTER INSERT ON posts BEGIN UPDATE users SET age = age + 1 WHERE id = NEW.author; END;
CREATE INDEX adults_only ON users (lower(email) DESC) WHERE age > 17;
