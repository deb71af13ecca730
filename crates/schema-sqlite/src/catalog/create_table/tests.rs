use proptest::prelude::*;

use super::*;

fn table(sql: &str) -> CreateTable {
    read(sql).expect(sql)
}

#[test]
fn types_end_where_clauses_begin() {
    let table = table(
        "CREATE TABLE t (a unsigned big int, b varchar (10, 2) NOT NULL, c, d timestamp with time zone DEFAULT 1, e generated)",
    );
    let types: Vec<&str> = table.columns.iter().map(|column| column.type_.as_str()).collect();
    assert_eq!(
        types,
        [
            "unsigned big int",
            "varchar(10,2)",
            "",
            "timestamp with time zone",
            "generated"
        ]
    );
}

#[test]
fn constraints_need_no_commas_between_them() {
    let table = table(
        "CREATE TABLE t (a, b, CONSTRAINT u UNIQUE (a) CHECK (b) CONSTRAINT p PRIMARY KEY (b DESC, a))",
    );
    assert_eq!(table.uniques[0].name.as_deref(), Some("u"));
    assert_eq!(table.checks, [(None, "b".to_owned())]);
    let key = table.primary_key.expect("a key");
    assert_eq!(
        (key.name.as_deref(), key.extra.as_deref()),
        (Some("p"), Some("(b DESC, a)"))
    );
}

#[test]
fn an_inline_key_that_descends_is_told_from_one_of_the_table() {
    let key = |sql| table(sql).primary_key.and_then(|key| key.extra);
    assert_eq!(
        key("CREATE TABLE t (id INTEGER PRIMARY KEY DESC)").as_deref(),
        Some("inline DESC")
    );
    assert_eq!(
        key("CREATE TABLE t (id INTEGER, PRIMARY KEY (id DESC))").as_deref(),
        Some("(id DESC)")
    );
    assert_eq!(key("CREATE TABLE t (id INTEGER PRIMARY KEY ASC)"), None);
}

#[test]
fn options_are_read_in_any_order() {
    assert_eq!(
        table("CREATE TABLE t (a PRIMARY KEY) strict, without rowid").options,
        ["STRICT", "WITHOUT ROWID"]
    );
}

#[test]
fn a_statement_that_goes_on_unexpectedly_is_not_guessed_at() {
    for sql in [
        "",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TABLE t",
        "CREATE TABLE t (a",
        "CREATE TABLE t (a) WITH SOMETHING",
        "CREATE TABLE t (a NEW CLAUSE (1) MORE)",
        "CREATE TABLE t (a, EXCLUDE (a))",
        "CREATE TABLE t (a DEFAULT)",
        "CREATE TABLE t (a 'open)",
    ] {
        assert!(read(sql).is_err(), "{sql}: {:?}", read(sql));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".*", clauses in r#"[a-c(), '"\[\]]{0,20}"#) {
        let _ = read(&text);
        let _ = read(&format!("CREATE TABLE t (a {clauses})"));
        let _ = crate::catalog::create_index::extra(&format!("CREATE INDEX i ON t {clauses}"));
    }
}
