//! Defaults as people and both catalogs write them. The texts of the catalogs are those of MySQL 8.0.15 and
//! MariaDB 10.11.

use super::super::types::canonical as canonical_type;
use super::*;
use crate::version::tests::{mariadb, mysql, server};

fn check(type_: &str, declared: &str, expected: &str) {
    for facts in [mysql(), mariadb()] {
        let type_ = canonical_type(type_, &facts).unwrap().text;
        assert_eq!(
            lower(&type_, declared, &facts),
            Ok(Some(Expr::new(expected))),
            "{type_} {declared}"
        );
    }
}

#[test]
fn a_text_type_takes_any_text_as_it_is() {
    check("varchar(20)", "now()", "'now()'");
    check("varchar(20)", "it's a\\b", r"'it''s a\\b'");
    check("char(3)", " a ", "' a '");
    check("varchar(20)", "NULL", "'NULL'");
    check("varchar(20)", "", "''");
    check("text", "x", "'x'");
    check("enum('a','b')", "a", "'a'");
    check("varbinary(5)", "abc", "'abc'");
}

#[test]
fn a_number_reads_as_the_catalog_prints_it() {
    check("int", "007", "7");
    check("int", "-1", "-1");
    check("int", "'5'", "5");
    check("int", "1.5", "2");
    check("int", "-0", "0");
    check("bool", "true", "1");
    check("bool", "FALSE", "0");
    check("decimal(10,2)", "1", "1.00");
    check("decimal(5,1)", "1.25", "1.3");
    check("decimal(5,1)", "9.95", "10.0");
    check("decimal", "-0.4", "0");
    check("float(7,3)", "1.1", "1.100");
    check("double", "1e10", "10000000000");
    check("double", "1e20", "1e20");
    check("float", "1.10", "1.1");
    check("bigint unsigned", "18446744073709551615", "18446744073709551615");
    check("year", "2020", "2020");
    check("bit(8)", "5", "b'101'");
    check("bit(8)", "b'0101'", "b'101'");
    check("int", "1 + 1", "(1 + 1)");
    check("int", "((1 + 1))", "(1 + 1)");
}

#[test]
fn other_types_take_a_literal_if_it_is_one_else_an_expression() {
    check("date", "2020-01-01", "'2020-01-01'");
    check("datetime(3)", "2020-01-01", "'2020-01-01 00:00:00.000'");
    check("datetime", "2020-01-01T10:00:00", "'2020-01-01 10:00:00'");
    check("datetime", "'2020-01-01 10:00:00'", "'2020-01-01 10:00:00'");
    check("time(3)", "10:00", "'10:00:00.000'");
    check("timestamp", "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP");
    check("timestamp", "now()", "CURRENT_TIMESTAMP");
    check("datetime(6)", "current_timestamp(6)", "CURRENT_TIMESTAMP(6)");
    check("datetime", "(localtime)", "CURRENT_TIMESTAMP");
    check("datetime", "now() + interval 1 day", "(now() + interval 1 day)");
    check("date", "CURRENT_DATE", "(CURRENT_DATE)");
    check("date", "(curdate())", "(curdate())");
    check("json", "{}", "'{}'");
    check("json", "'[1, 2]'", "'[1, 2]'");
    check("json", "json_object('a', 1)", "(json_object('a', 1))");
}

#[test]
fn null_is_no_default() {
    assert_eq!(lower("int", "NULL", &mysql()), Ok(None));
    assert_eq!(lower("datetime", "null", &mariadb()), Ok(None));
}

#[test]
fn what_the_server_can_not_have_is_refused_with_what_to_write() {
    for (type_, declared, word) in [
        ("int", "0); DROP TABLE x; --", ";"),
        ("int", "0, b int", "comma"),
        ("timestamp", "now() -- x", "comment"),
        ("int", "rand(", "closed"),
        ("int", "@x", "variables"),
        ("varchar(3)", "a\0b", "NUL"),
        ("int", "", "empty"),
        ("datetime(6)", "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP(6)"),
    ] {
        let problem = lower(type_, declared, &mysql()).unwrap_err();
        assert!(problem.contains(word), "{type_} {declared}: {problem}");
    }
    let old = server("mysql", &[8, 0, 11]);
    assert!(lower("text", "x", &old).is_err());
    assert!(lower("int", "1 + 1", &old).is_err());
    assert!(lower("int", "1", &old).is_ok());
}

#[test]
fn both_catalogs_say_what_is_declared() {
    // Type, declared, MySQL's COLUMN_DEFAULT and EXTRA, MariaDB's COLUMN_DEFAULT.
    for (type_, declared, mysql_text, extra, mariadb_text) in [
        ("tinyint(1)", "true", "1", "", "1"),
        ("decimal(10,2)", "1", "1.00", "", "1.00"),
        ("double", "1e10", "10000000000", "", "10000000000"),
        ("bit(8)", "b'101'", "b'101'", "", "b'101'"),
        ("varchar(20)", "it's a\\b", "it's a\\b", "", r"'it''s a\\b'"),
        ("varchar(20)", "null", "null", "", "'null'"),
        (
            "varchar(20)",
            "CURRENT_TIMESTAMP",
            "CURRENT_TIMESTAMP",
            "",
            "'CURRENT_TIMESTAMP'",
        ),
        ("varchar(5)", "", "", "", "''"),
        ("year", "2020", "2020", "", "2020"),
        ("time(3)", "10:00", "10:00:00.000", "", "'10:00:00.000'"),
        (
            "datetime(3)",
            "2020-01-01",
            "2020-01-01 00:00:00.000",
            "",
            "'2020-01-01 00:00:00.000'",
        ),
        (
            "timestamp(6)",
            "current_timestamp(6)",
            "CURRENT_TIMESTAMP(6)",
            "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(6)",
            "current_timestamp(6)",
        ),
        (
            "timestamp",
            "now()",
            "CURRENT_TIMESTAMP",
            "DEFAULT_GENERATED",
            "current_timestamp()",
        ),
        ("binary(5)", "abc", "0x616263", "", r"'abc\0\0'"),
        ("varbinary(5)", "abc", "0x616263", "", "'abc'"),
        ("int", "(1 + 1)", "(1 + 1)", "DEFAULT_GENERATED", "(1 + 1)"),
        ("varchar(40)", "a", "a", "", "'a'"),
        ("json", "{}", "_utf8mb4'{}'", "DEFAULT_GENERATED", "'{}'"),
        (
            "date",
            "(curdate())",
            "curdate()",
            "DEFAULT_GENERATED",
            "curdate()",
        ),
    ] {
        let expected = lower(type_, declared, &mysql()).unwrap();
        assert_eq!(
            from_catalog(Some(mysql_text), extra, type_, &mysql()),
            expected,
            "MySQL {type_} {mysql_text}"
        );
        let read = from_catalog(Some(mariadb_text), "", type_, &mariadb());
        assert_eq!(read, expected, "MariaDB {type_} {mariadb_text}");
    }
    assert_eq!(from_catalog(None, "", "int", &mysql()), None);
    assert_eq!(from_catalog(Some("NULL"), "", "int", &mariadb()), None);
    let bytes = from_catalog(Some("0xFF00"), "", "varbinary(2)", &mysql());
    assert_eq!(bytes, Some(Expr::new("x'FF00'")));
}

#[test]
fn the_text_of_show_create_table_reads_as_the_catalog_does() {
    for (type_, text, expected) in [
        ("decimal(10,2)", "'1.00'", "1.00"),
        ("int", "((1 + 1))", "(1 + 1)"),
        (
            "varchar(40)",
            r"(concat(_utf8mb4'a',_utf8mb4'b\'c'))",
            "(concat('a','b''c'))",
        ),
        ("text", "(_utf8mb4'x')", "'x'"),
        ("varchar(10)", "(_utf8mb4'ü')", "'ü'"),
        ("datetime", "(now())", "CURRENT_TIMESTAMP"),
        ("datetime(3)", "(now())", "(now())"),
        ("int", "(-(1))", "(-(1))"),
        ("int", "-1", "-1"),
        ("bit(8)", "b'101'", "b'101'"),
    ] {
        assert_eq!(from_sql(text, type_), Some(Expr::new(expected)), "{type_} {text}");
    }
    assert_eq!(from_sql("NULL", "int"), None);
}
