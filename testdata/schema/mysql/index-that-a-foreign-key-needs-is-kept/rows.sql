CREATE TABLE child (id int PRIMARY KEY, p int, q int, KEY mine (p, q), CONSTRAINT child_p_fkey FOREIGN KEY (p) REFERENCES parent (id));
