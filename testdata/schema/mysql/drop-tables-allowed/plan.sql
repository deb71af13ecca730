-- drop table child
-- deletes-data: all rows of child are deleted
DROP TABLE `child`;
-- drop table parent
-- deletes-data: all rows of parent are deleted
DROP TABLE `parent`;
