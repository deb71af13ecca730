BEGIN;
-- drop table `posts`
-- deletes-data: all rows of posts are deleted
DROP TABLE "posts";
-- drop table `users`
-- deletes-data: all rows of users are deleted
DROP TABLE "users";
COMMIT;
