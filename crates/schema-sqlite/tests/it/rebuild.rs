//! Tables that are made anew lose nothing.

use schema::plan::{HazardCode, Policy};

use crate::database::Database;

const USERS: &str = "
spec:
  database: app
  name: users
  schema:
    sqlite:
      primaryKey: [id]
      columns:
      - {name: id, type: integer, attributes: {autoIncrement: true}}
      - {name: email, type: text, constraints: {notNull: true}}
      - {name: age, type: integer}
      indexes:
      - {columns: [email], isUnique: true}
---
spec:
  database: app
  name: posts
  schema:
    sqlite:
      primaryKey: [id]
      columns:
      - {name: id, type: integer}
      - {name: author, type: integer, constraints: {notNull: true}}
      - {name: body, type: text, default: none}
      foreignKeys:
      - {columns: [author], references: {table: users, columns: [id]}, onDelete: cascade}
";

#[tokio::test]
async fn a_new_database_gets_its_tables_and_then_needs_nothing() {
    let database = Database::new();
    let plan = database.apply(USERS, &Policy::default()).await;
    assert_eq!(plan.steps.len(), 2);
    assert!(database.plan(USERS, &Policy::default()).await.is_empty());
    assert!(database.statement("posts").await.contains("ON DELETE CASCADE"));
}

#[tokio::test]
async fn rows_references_and_the_numbering_survive_a_rebuild() {
    let database = Database::new();
    database.apply(USERS, &Policy::default()).await;
    database
        .run(
            "INSERT INTO users (email, age) VALUES ('a@x', 1), ('b@x', NULL), ('c@x', 3);
             DELETE FROM users WHERE email = 'c@x';
             INSERT INTO posts (author, body) VALUES (1, 'one'), (2, 'two');
             CREATE VIEW adults AS SELECT email FROM users WHERE age > 17;
             CREATE TRIGGER touched AFTER UPDATE ON users BEGIN UPDATE posts SET body = 'seen; twice' WHERE author = NEW.id; END;",
        )
        .await;
    let after = USERS.replace(
        "name: age, type: integer",
        "name: age, type: integer, constraints: {notNull: false}, default: '7'",
    );
    let plan = database.apply(&after, &Policy::default()).await;
    assert_eq!(plan.steps.len(), 1, "{plan:#?}");
    assert!(
        plan.steps[0]
            .draft
            .hazards
            .iter()
            .any(|hazard| hazard.code == HazardCode::RewritesTable)
    );
    assert_eq!(
        database
            .rows("SELECT id || email || quote(age) FROM users ORDER BY id")
            .await,
        ["1a@x1", "2b@xNULL"]
    );
    assert_eq!(
        database
            .rows("SELECT author || body FROM posts ORDER BY id")
            .await,
        ["1one", "2two"]
    );
    assert_eq!(
        database
            .rows("SELECT quote(seq) FROM sqlite_sequence WHERE name = 'users'")
            .await,
        ["3"]
    );
    database
        .run("INSERT INTO users (email) VALUES ('d@x'); UPDATE users SET age = 20 WHERE id = 2;")
        .await;
    assert_eq!(
        database
            .rows("SELECT quote(id) || quote(age) FROM users WHERE email = 'd@x'")
            .await,
        ["47"]
    );
    assert_eq!(
        database.rows("SELECT body FROM posts WHERE author = 2").await,
        ["seen; twice"]
    );
    assert_eq!(database.rows("SELECT email FROM adults").await, ["b@x"]);
    database.run("DELETE FROM users WHERE id = 1;").await;
    assert_eq!(
        database.rows("SELECT body FROM posts").await,
        ["seen; twice"],
        "the cascade still works"
    );
}

#[tokio::test]
async fn what_a_manifest_cannot_say_is_carried_over() {
    let database = Database::new();
    database
        .run(
            r#"CREATE TABLE parent (a TEXT, b TEXT, PRIMARY KEY (a, b));
            CREATE TABLE Kept ( -- a comment
              "Id" INTEGER CONSTRAINT pk PRIMARY KEY ON CONFLICT REPLACE,
              name TEXT CONSTRAINT nn NOT NULL ON CONFLICT IGNORE COLLATE NOCASE CHECK (length(name) > 0),
              a TEXT, b TEXT,
              twice INTEGER GENERATED ALWAYS AS (Id * 2) STORED,
              age INTEGER DEFAULT (1 + 1),
              UNIQUE (name) ON CONFLICT FAIL,
              CONSTRAINT link FOREIGN KEY (a, b) REFERENCES parent ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
              CONSTRAINT old CHECK (age >= 0)
            );
            CREATE INDEX part ON kept (name DESC) WHERE age > 3;
            INSERT INTO Kept (Id, name) VALUES (5, 'x'), (9, 'y');"#,
        )
        .await;
    let manifest = "
spec:
  database: app
  name: kept
  schema:
    sqlite:
      primaryKey: [id]
      columns:
      - {name: id, type: integer}
      - {name: name, type: text, constraints: {notNull: true}}
      - {name: a, type: text}
      - {name: b, type: text}
      - {name: twice, type: integer}
      - {name: age, type: bigint, default: 1 + 1}
      indexes:
      - {columns: [name], isUnique: true, name: named}
      foreignKeys:
      - {columns: [a, b], references: {table: parent, columns: [a, b]}}
";
    let plan = database.apply(manifest, &Policy::default()).await;
    assert_eq!(plan.steps.len(), 1, "{plan:#?}");
    let hazard = plan.steps[0]
        .draft
        .hazards
        .iter()
        .find(|hazard| hazard.code == HazardCode::RewritesTable);
    assert!(
        hazard.is_some_and(|hazard| hazard.reason.contains("comments")),
        "{hazard:?}"
    );
    let statement = database.statement("kept").await;
    for kept in [
        "CONSTRAINT \"pk\" PRIMARY KEY (\"Id\") ON CONFLICT REPLACE",
        "CONSTRAINT \"nn\" NOT NULL ON CONFLICT IGNORE COLLATE \"NOCASE\"",
        "CHECK (length(name) > 0)",
        "GENERATED ALWAYS AS (Id * 2) STORED",
        "DEFAULT (1 + 1)",
        "UNIQUE (\"name\") ON CONFLICT FAIL",
        "CONSTRAINT \"link\" FOREIGN KEY",
        "ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
        "CONSTRAINT \"old\" CHECK (age >= 0)",
        "\"age\" bigint",
    ] {
        assert!(statement.contains(kept), "{kept} is not in {statement}");
    }
    assert_eq!(
        database.statement("part").await,
        "CREATE INDEX \"part\" ON \"kept\" (name DESC) WHERE age > 3"
    );
    assert_eq!(
        database
            .rows("SELECT quote(Id) || name || quote(twice) FROM kept ORDER BY 1")
            .await,
        ["5x10", "9y18"]
    );
}

#[tokio::test]
async fn row_numbers_and_options_without_a_key_are_kept() {
    let database = Database::new();
    database
        .run(
            "CREATE TABLE log (line TEXT); INSERT INTO log (rowid, line) VALUES (7, 'a'), (40, 'b');
             CREATE TABLE pairs (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID, STRICT; INSERT INTO pairs VALUES ('x', 'y');",
        )
        .await;
    let table = |name: &str, columns: &str| {
        format!("---\nspec: {{database: app, name: {name}, schema: {{sqlite: {columns}}}}}\n")
    };
    let manifest = table("log", "{columns: [{name: line, type: text, default: ''}]}")
        + &table(
            "pairs",
            "{primaryKey: [k], columns: [{name: k, type: TEXT}, {name: v, type: text, default: z}]}",
        );
    let plan = database.apply(&manifest, &Policy::default()).await;
    assert_eq!(plan.steps.len(), 2);
    assert_eq!(
        database
            .rows("SELECT rowid || line FROM log ORDER BY rowid")
            .await,
        ["7a", "40b"]
    );
    assert!(
        database
            .statement("pairs")
            .await
            .ends_with(") STRICT, WITHOUT ROWID")
    );
    assert_eq!(database.rows("SELECT k || v FROM pairs").await, ["xy"]);
}

#[tokio::test]
async fn a_step_that_the_rows_refuse_says_which_column_and_changes_nothing() {
    let database = Database::new();
    database.apply(USERS, &Policy::default()).await;
    database.run("INSERT INTO users (email) VALUES ('a@x')").await;
    let specs = crate::database::tables(&USERS.replace(
        "name: age, type: integer",
        "name: age, type: integer, constraints: {notNull: true}",
    ));
    let before = database.statement("users").await;
    let error = database
        .apply_tables(&specs, &Policy::default())
        .await
        .expect_err("a NULL is there")
        .to_string();
    assert!(
        error.contains("users.age") && !error.contains("_chancery_new_"),
        "{error}"
    );
    assert_eq!(database.statement("users").await, before);
    assert_eq!(database.rows("SELECT email FROM users").await, ["a@x"]);
}

#[tokio::test]
async fn simple_columns_and_indexes_come_and_go_in_place() {
    let database = Database::new();
    database.apply(USERS, &Policy::default()).await;
    database.run("INSERT INTO users (email) VALUES ('a@x')").await;
    let wider = USERS
        .replace(
            "- {name: age, type: integer}",
            "- {name: level, type: integer, default: '1', constraints: {notNull: true}}",
        )
        .replace("isUnique: true}", "isUnique: true, name: by_email}");
    let plan = database.apply(&wider, &Policy::allow_all()).await;
    let sql: Vec<&str> = plan
        .steps
        .iter()
        .flat_map(|step| &step.draft.sql)
        .map(String::as_str)
        .collect();
    assert_eq!(
        sql,
        [
            "ALTER TABLE \"users\" ADD COLUMN \"level\" integer NOT NULL DEFAULT 1",
            "DROP INDEX \"idx_users_email\"",
            "CREATE UNIQUE INDEX \"by_email\" ON \"users\" (\"email\")",
            "ALTER TABLE \"users\" DROP COLUMN \"age\"",
        ]
    );
    assert_eq!(database.rows("SELECT email || level FROM users").await, ["a@x1"]);
}
