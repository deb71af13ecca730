//! What the matrix runs: a plan of steps of all kinds on tables with rows, with a step that is held.

use schema::declared::TableSpec;

use super::server::{CrashDatabase, Flavour};
use crate::database::specs;

/// The column that is no longer declared, and may not be dropped.
pub(crate) const HELD: &str = "legacy";

/// The rows that have to stay as they are, in the columns that stay.
pub(crate) const ROWS: [&str; 2] = [
    "SELECT CONCAT_WS(',', id, name, legacy) FROM author ORDER BY id",
    "SELECT CONCAT_WS(',', id, title, author_id) FROM book ORDER BY id",
];

/// Makes the tables as they are before the plan, without a journal.
pub(crate) async fn prepare(database: &CrashDatabase) {
    match database {
        CrashDatabase::Postgres(postgres) => {
            postgres.record_ddl().await;
            postgres.execute(POSTGRES).await;
        }
        CrashDatabase::Mysql(mysql) => mysql.execute(MYSQL).await,
    }
}

const POSTGRES: &str = "CREATE TABLE author (id integer PRIMARY KEY, name varchar(100), legacy text); \
    CREATE TABLE book (id integer PRIMARY KEY, title varchar(50), author_id integer); \
    INSERT INTO author SELECT n, 'author ' || n, 'old' FROM generate_series(1, 20) AS n; \
    INSERT INTO book SELECT n, 'title ' || n, 1 + n % 20 FROM generate_series(1, 200) AS n;";

const MYSQL: &str = "CREATE TABLE author (id int PRIMARY KEY, name varchar(100), legacy varchar(20)); \
    CREATE TABLE book (id int PRIMARY KEY, title varchar(50), author_id int); \
    INSERT INTO author WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 20) \
      SELECT n, CONCAT('author ', n), 'old' FROM s; \
    INSERT INTO book WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 200) \
      SELECT n, CONCAT('title ', n), 1 + n % 20 FROM s;";

/// Returns the tables as they are declared.
pub(crate) fn declared(flavour: Flavour) -> Vec<TableSpec> {
    match flavour {
        Flavour::Postgres => specs(TABLES),
        Flavour::Mysql | Flavour::Mariadb => specs(&TABLES.replace("postgres:", "mysql:")),
    }
}

const TABLES: &str = "spec:
  database: app
  name: author
  schema:
    postgres:
      primaryKey: [id]
      columns:
        - {name: id, type: integer}
        - {name: name, type: varchar(100), constraints: {notNull: true}}
---
spec:
  database: app
  name: book
  schema:
    postgres:
      primaryKey: [id]
      indexes:
        - {columns: [title], name: by_title}
      columns:
        - {name: id, type: integer}
        - {name: title, type: varchar(200)}
        - {name: author_id, type: integer}
        - {name: isbn, type: varchar(20)}
---
spec:
  database: app
  name: shelf
  schema:
    postgres:
      primaryKey: [id]
      columns:
        - {name: id, type: integer}
---
spec:
  database: app
  name: copy
  schema:
    postgres:
      primaryKey: [id]
      foreignKeys:
        - {columns: [book_id], references: {table: book, columns: [id]}}
        - {columns: [shelf_id], references: {table: shelf, columns: [id]}}
      columns:
        - {name: id, type: integer}
        - {name: book_id, type: integer}
        - {name: shelf_id, type: integer}
";
