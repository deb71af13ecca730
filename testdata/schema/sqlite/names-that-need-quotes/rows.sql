INSERT INTO "select from" (id, "order") VALUES (1, NULL), (2, NULL);
