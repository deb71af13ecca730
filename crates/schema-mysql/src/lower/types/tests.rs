//! Types as people and catalogs write them.

use super::*;
use crate::version::tests::{mariadb, mysql, server};

fn check(declared: &str, expected: &str) {
    assert_eq!(
        canonical(declared, &mysql()).map(|type_| type_.text).as_deref(),
        Ok(expected),
        "{declared}"
    );
    assert_eq!(normalised(expected), expected, "the form is its own");
}

#[test]
fn a_type_has_one_form_however_it_is_written() {
    for (declared, expected) in [
        ("INT", "int"),
        ("int(11)", "int"),
        ("int (11)", "int"),
        ("integer unsigned", "int unsigned"),
        ("int(10) unsigned", "int unsigned"),
        ("bigint (20)", "bigint"),
        ("bool", "tinyint(1)"),
        ("BOOLEAN", "tinyint(1)"),
        ("tinyint(1)", "tinyint(1)"),
        ("tinyint(1) unsigned", "tinyint unsigned"),
        ("tinyint(4)", "tinyint"),
        ("int(5) zerofill", "int(5) unsigned zerofill"),
        ("bigint zerofill", "bigint(20) unsigned zerofill"),
        ("int8", "bigint"),
        ("decimal", "decimal(10,0)"),
        ("dec (8, 2)", "decimal(8,2)"),
        ("numeric(5)", "decimal(5,0)"),
        ("decimal(5,1) unsigned", "decimal(5,1) unsigned"),
        ("float(24)", "float"),
        ("float(25)", "double"),
        ("float(7, 3)", "float(7,3)"),
        ("double precision", "double"),
        ("real", "double"),
        ("bit", "bit(1)"),
        ("char", "char(1)"),
        ("character (11)", "char(11)"),
        ("varchar (255)", "varchar(255)"),
        ("character varying(40)", "varchar(40)"),
        ("national varchar(5)", "varchar(5)"),
        ("nchar", "char(1)"),
        ("text (65535)", "text"),
        ("blob(300)", "blob"),
        ("binary", "binary(1)"),
        ("varbinary(16)", "varbinary(16)"),
        ("enum('a', 'it''s', \"b\\\\c \")", "enum('a','it''s','b\\\\c')"),
        ("SET('x','Y')", "set('x','Y')"),
        ("datetime(0)", "datetime"),
        ("timestamp (6)", "timestamp(6)"),
        ("time(3)", "time(3)"),
        ("year(4)", "year"),
        ("json", "json"),
        ("geomcollection", "geometrycollection"),
    ] {
        check(declared, expected);
    }
}

#[test]
fn what_is_no_type_is_refused_with_what_to_write() {
    for (declared, word) in [
        ("", "empty"),
        ("varchar", "length"),
        ("varchar(70000)", "65535"),
        ("char(256)", "255"),
        ("int(1,2)", "width"),
        ("int('a')", "values"),
        ("enum", "values"),
        ("enum(1)", "values"),
        ("text(40)", "varchar"),
        ("datetime(7)", "6"),
        ("year(2)", "four"),
        ("serial", "autoIncrement"),
        ("jsonb", "no type"),
        ("uuid", "no type"),
        ("varchar(10) unsigned", "unsigned"),
        ("varchar(10) character set latin1", "charset"),
        ("int; DROP TABLE t", ";"),
        ("int) x (", "read"),
        ("int(", "closed"),
        ("decimal(10,)", "missing"),
        ("decimal(2,5)", "digits"),
        ("int comment 'x'", "read"),
        ("int primary key", "no type"),
    ] {
        let problem = canonical(declared, &mysql()).unwrap_err();
        assert!(problem.contains(word), "{declared}: {problem}");
    }
}

#[test]
fn a_national_type_implies_its_character_set() {
    for declared in [
        "nchar(3)",
        "nvarchar(3)",
        "national char(3)",
        "national character varying(3)",
    ] {
        assert_eq!(
            canonical(declared, &mysql()).unwrap().charset.as_deref(),
            Some("utf8mb3"),
            "{declared}"
        );
    }
    assert_eq!(canonical("character varying(3)", &mysql()).unwrap().charset, None);
}

#[test]
fn types_of_one_flavour_are_refused_on_the_other() {
    assert!(canonical("uuid", &mariadb()).is_ok());
    assert!(canonical("inet6", &mariadb()).is_ok());
    assert!(canonical("uuid", &server("mariadb", &[10, 6, 3])).is_err());
}

#[test]
fn the_kind_of_a_type_is_that_of_its_first_word() {
    assert_eq!(kind("int(5) unsigned zerofill"), Kind::Integer);
    assert_eq!(kind("enum('a')"), Kind::Choice);
    assert_eq!(kind("datetime(3)"), Kind::DateTime);
    assert_eq!(kind("vector(3)"), Kind::Other);
    assert_eq!(values("set('a','it''s')"), ["a", "it's"]);
    assert_eq!(numbers("decimal(10,2)"), [10, 2]);
}
