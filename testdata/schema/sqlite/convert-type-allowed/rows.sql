INSERT INTO codes VALUES ('01'), ('x'), (NULL);
