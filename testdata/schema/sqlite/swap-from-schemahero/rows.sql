CREATE TABLE "users" ("id" integer, "login" varchar (255) not null, "count" integer default '0', "about" text default 'none', primary key ("id"), constraint "idx_users_login" unique ("login"));
INSERT INTO users (login) VALUES ('a'), ('b');
