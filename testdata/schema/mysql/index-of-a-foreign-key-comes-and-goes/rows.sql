CREATE TABLE child (id int PRIMARY KEY, p int, q int, CONSTRAINT child_p_fkey FOREIGN KEY (p) REFERENCES parent (id));
INSERT INTO parent VALUES (1);
INSERT INTO child VALUES (1, 1, 1);
