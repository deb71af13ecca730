INSERT INTO added VALUES ('x'), ('y');
INSERT INTO dropped VALUES ('x'), ('y');
