-- create index idx_t_a on public.t
-- builds-index: index idx_t_a is built on public.t while others work; it takes time and I/O
-- depends-on-rows: it fails if rows of public.t have equal values of (a); look for them first
-- if it fails: DROP INDEX CONCURRENTLY "public"."idx_t_a";
CREATE UNIQUE INDEX CONCURRENTLY "idx_t_a" ON "public"."t" USING "btree" ("a");
