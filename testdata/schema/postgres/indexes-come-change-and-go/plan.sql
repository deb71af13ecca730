-- build the new index changed on public.t
-- builds-index: index changed is built on public.t while others work; it takes time and I/O
-- if it fails: DROP INDEX CONCURRENTLY "public"."chancery_tmp_index_e822908687f7";
CREATE INDEX CONCURRENTLY "chancery_tmp_index_e822908687f7" ON "public"."t" USING "btree" ("a", "b");
BEGIN;
-- put the new index changed on public.t in place
ALTER INDEX "public"."changed" RENAME TO "chancery_tmp_old_3dc2fd8d8e4e";
ALTER INDEX "public"."chancery_tmp_index_e822908687f7" RENAME TO "changed";
COMMIT;
-- drop the old index changed on public.t
DROP INDEX CONCURRENTLY "public"."chancery_tmp_old_3dc2fd8d8e4e";
BEGIN;
-- set the parameters of index tuned on public.t
ALTER INDEX "public"."tuned" SET ("fillfactor" = '60');
COMMIT;
-- create index idx_t_b on public.t
-- builds-index: index idx_t_b is built on public.t while others work; it takes time and I/O
-- if it fails: DROP INDEX CONCURRENTLY "public"."idx_t_b";
CREATE INDEX CONCURRENTLY "idx_t_b" ON "public"."t" USING "btree" ("b");
BEGIN;
-- rename index was_called_so on public.t to now_called_so
ALTER INDEX "public"."was_called_so" RENAME TO "now_called_so";
COMMIT;
-- drop index gone on public.t
-- drops-index: queries of public.t that used index gone become slower
DROP INDEX CONCURRENTLY "public"."gone";
