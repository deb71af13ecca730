CREATE TABLE child (p int, FOREIGN KEY (p) REFERENCES parent (id));
