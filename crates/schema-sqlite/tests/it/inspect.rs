//! What is read from a catalog.

use schema::ir::{AutoIncrement, Dependent, IndexOrigin, ObjectName, ReferentialAction, TableName};

use crate::database::Database;

/// Statements that nobody writes on purpose and SQLite takes.
pub(crate) const ODD: [&str; 9] = [
    "CREATE TABLE t (a 'quoted type' DEFAULT \"word\", \"b\" [int] DEFAULT (('x')), c CONSTRAINT no_rule)",
    "CREATE TABLE t (a INT CONSTRAINT x NOT NULL CONSTRAINT y UNIQUE CONSTRAINT z DEFAULT +5)",
    "CREATE TABLE t (a INTEGER PRIMARY KEY DESC, b NULL ON CONFLICT ABORT)",
    "CREATE TABLE t (a, b, PRIMARY KEY (a COLLATE nocase, b DESC), UNIQUE (b), UNIQUE (b))",
    "CREATE TABLE t (a INTEGER, PRIMARY KEY (a AUTOINCREMENT) ON CONFLICT FAIL)",
    "CREATE TABLE t AS SELECT 1 AS a, 'x' AS \"b c\"",
    "CREATE TABLE t (a UNIQUE REFERENCES t (a) DEFERRABLE, b TEXT CHECK (b LIKE '%''%') COLLATE nocase)",
    "CREATE TABLE t (key TEXT, action, desc_ INT, \"primary\" INT, replace TEXT, rowid INT, oid INT, _rowid_ INT)",
    "CREATE TABLE t (a GENERATED ALWAYS AS (b), b geometry, c AS (b + 1) STORED UNIQUE)",
];

#[tokio::test]
async fn everything_that_only_the_statement_says_is_read() {
    let database = Database::new();
    database
        .run(
            "CREATE TABLE p (a, b, PRIMARY KEY (b, a));
             CREATE TABLE t (
               id INTEGER PRIMARY KEY AUTOINCREMENT, -- ; not the end
               \"a b\" varchar ( 10 ) NOT NULL DEFAULT 'x;y' COLLATE rtrim UNIQUE,
               c DEFAULT (1 + (2)) REFERENCES p,
               d DEFAULT CURRENT_TIMESTAMP, e double precision default -1.5,
               f AS (e * 2), UNIQUE (c DESC, d) ON CONFLICT IGNORE
               CONSTRAINT ck CHECK (e > 0 /* or not */ AND d <> ')')
               FOREIGN KEY (c, d) REFERENCES p ON DELETE SET NULL MATCH SIMPLE NOT DEFERRABLE INITIALLY IMMEDIATE
             );
             CREATE INDEX plain ON t (c, d);
             CREATE UNIQUE INDEX odd ON t (lower(\"a b\"), c COLLATE nocase DESC) WHERE e IS NOT NULL;",
        )
        .await;
    let schema = database.inspect(&["t"]).await;
    let table = schema.table(&TableName::unqualified("t")).expect("the table");
    let types: Vec<&str> = table.columns.iter().map(|column| column.type_.as_str()).collect();
    assert_eq!(types, ["INTEGER", "varchar(10)", "", "", "double precision", ""]);
    assert_eq!(table.columns[0].auto_increment, Some(AutoIncrement::Native));
    assert!(table.columns[0].not_null && table.columns[1].not_null);
    assert_eq!(table.columns[1].collation.as_deref(), Some("rtrim"));
    let defaults: Vec<Option<&str>> = table
        .columns
        .iter()
        .map(|column| column.default.as_ref().map(|default| default.text.as_str()))
        .collect();
    assert_eq!(
        defaults,
        [
            None,
            Some("'x;y'"),
            Some("1 + (2)"),
            Some("CURRENT_TIMESTAMP"),
            Some("-1.5"),
            None
        ]
    );
    assert_eq!(table.columns[5].generated.as_deref(), Some("(e * 2) VIRTUAL"));
    assert_eq!(
        table.unsupported[0].object,
        ObjectName::Column(table.name.clone(), "f".into())
    );
    assert_eq!(table.checks[0].definition, "e > 0 AND d <> ')'");
    let composite = &table
        .foreign_keys
        .iter()
        .find(|key| key.columns.len() == 2)
        .expect("the composite key");
    assert_eq!(
        composite.referenced_columns,
        ["b", "a"],
        "the primary key of the other table, in its order"
    );
    assert_eq!(composite.on_delete, ReferentialAction::SetNull);
    assert_eq!(
        composite.extra.as_deref(),
        Some("MATCH \"SIMPLE\" NOT DEFERRABLE INITIALLY IMMEDIATE")
    );
    let index = |name: &str| table.index(name).expect(name);
    assert_eq!(
        (index("plain").extra.as_deref(), index("plain").unique),
        (None, false)
    );
    assert_eq!(
        index("odd").extra.as_deref(),
        Some("(lower(\"a b\"), c COLLATE nocase DESC) WHERE e IS NOT NULL")
    );
    assert_eq!(index("odd").column_names(), None, "an expression is no column");
    let constraints: Vec<_> = table
        .indexes
        .iter()
        .filter(|index| index.origin == IndexOrigin::UniqueConstraint)
        .collect();
    assert_eq!(constraints.len(), 2);
    assert!(
        constraints
            .iter()
            .any(|index| index.extra.as_deref() == Some("(c DESC, d) ON CONFLICT IGNORE"))
    );
}

#[tokio::test]
async fn what_needs_a_table_is_named() {
    let database = Database::new();
    database
        .run(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, users TEXT);
             CREATE TABLE posts (author INTEGER REFERENCES Users (ID), users TEXT);
             CREATE VIEW emails AS SELECT u.email FROM users AS u;
             CREATE VIEW other AS SELECT users FROM posts;
             CREATE TRIGGER counts AFTER INSERT ON posts BEGIN UPDATE USERS SET email = NULL; END;
             CREATE TRIGGER own AFTER INSERT ON users BEGIN SELECT 1; END;",
        )
        .await;
    let schema = database.inspect(&["users"]).await;
    let table = schema.table(&TableName::unqualified("users")).expect("the table");
    let dependent = |kind: &str, name: &str, columns: &[&str]| Dependent {
        kind: kind.into(),
        name: name.into(),
        columns: columns.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(
        table.dependents,
        [
            dependent("foreign key of table", "posts", &["ID"]),
            dependent("trigger", "counts", &["email", "users"]),
            dependent("view", "emails", &["email", "users"]),
        ]
    );
    let attachments: Vec<&str> = table
        .attachments
        .iter()
        .map(|attachment| attachment.name.as_str())
        .collect();
    assert_eq!(attachments, ["own"]);
}

#[tokio::test]
async fn a_name_is_found_whatever_its_case_and_others_are_not_read() {
    let database = Database::new();
    database
        .run("CREATE TABLE \"Ünï Code\" (\"Id\" INTEGER PRIMARY KEY); CREATE TABLE other (id);")
        .await;
    let schema = database.inspect(&["Ünï code", "missing"]).await;
    let names: Vec<String> = schema.tables.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["Ünï code"]);
    assert_eq!(
        schema
            .tables
            .values()
            .next()
            .map(|table| table.columns[0].name.as_str()),
        Some("Id")
    );
}

#[tokio::test]
async fn a_view_or_a_virtual_table_is_said_to_be_one() {
    let database = Database::new();
    database
        .run("CREATE VIEW v AS SELECT 1 AS x; CREATE VIEW broken AS SELECT * FROM gone; CREATE VIRTUAL TABLE docs USING fts5(body);")
        .await;
    let schema = database.inspect(&["v", "docs", "docs_data", "broken"]).await;
    assert_eq!(schema.tables.len(), 4);
    for table in schema.tables.values() {
        assert!(
            table
                .unsupported
                .iter()
                .any(|unsupported| unsupported.object == ObjectName::Table(table.name.clone())),
            "{table:?}"
        );
    }
}

#[tokio::test]
async fn a_statement_that_is_odd_but_taken_by_sqlite_is_never_misread() {
    for sql in ODD {
        let database = Database::new();
        database.run(sql).await;
        let schema = database.inspect(&["t"]).await;
        let table = schema.tables.values().next().expect("the table");
        let unread = |object: &ObjectName| matches!(object, ObjectName::Table(_));
        assert!(
            !table.unsupported.iter().any(|it| unread(&it.object)),
            "{sql}: {:?}",
            table.unsupported
        );
    }
}
