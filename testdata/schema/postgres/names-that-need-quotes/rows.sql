INSERT INTO "Select ""all""" VALUES (1);
