INSERT INTO users VALUES (1, 'a@b');
-- What SchemaHero made of the manifest, and what its form cannot say.
ALTER TABLE users ADD COLUMN tags jsonb DEFAULT '{}';
ALTER TABLE users ADD CONSTRAINT idx_users_email UNIQUE (email);
ALTER TABLE users ADD CONSTRAINT has_at CHECK (email LIKE '%@%');
CREATE INDEX lower_email ON users (lower(email)) WHERE id > 0;
