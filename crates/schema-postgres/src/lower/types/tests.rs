//! Types as people write them.

use super::*;

#[test]
fn every_alias_of_schemahero_gets_the_name_that_the_catalog_has() {
    let cases = [
        ("int", "integer"),
        ("INT4", "integer"),
        ("int8", "bigint"),
        ("int2", "smallint"),
        ("float8", "double precision"),
        ("float4", "real"),
        ("float(24)", "real"),
        ("float(25)", "double precision"),
        ("bool", "boolean"),
        ("varchar", "character varying"),
        ("varchar (40)", "character varying(40)"),
        ("character varying(40)", "character varying(40)"),
        ("char", "character(1)"),
        ("char(3)", "character(3)"),
        ("bpchar", "bpchar"),
        ("bpchar(3)", "character(3)"),
        ("decimal", "numeric"),
        ("decimal(10)", "numeric(10,0)"),
        ("numeric(10, 2)", "numeric(10,2)"),
        ("timestamptz", "timestamp with time zone"),
        ("timestamptz(3)", "timestamp(3) with time zone"),
        ("timestamp (3) with time zone", "timestamp(3) with time zone"),
        ("timestamp", "timestamp without time zone"),
        ("timetz", "time with time zone"),
        ("time(0)", "time(0) without time zone"),
        ("interval", "interval"),
        ("interval day to second(3)", "interval day to second(3)"),
        ("bit", "bit(1)"),
        ("varbit(5)", "bit varying(5)"),
        ("serial", "integer"),
        ("bigserial", "bigint"),
        ("serial2", "smallint"),
        ("text[]", "text[]"),
        ("int4[3][3]", "integer[]"),
        ("integer array", "integer[]"),
        ("varchar(10)[]", "character varying(10)[]"),
        ("jsonb", "jsonb"),
        ("double  precision", "double precision"),
        ("Mood", "mood"),
        ("app.\"Mood\"[]", "app.\"Mood\"[]"),
        ("geometry(Point, 4326)", "geometry(point,4326)"),
        ("vector(3)", "vector(3)"),
    ];
    for (declared, expected) in cases {
        assert_eq!(
            parse(declared).map(|parsed| parsed.text),
            Ok(expected.to_owned()),
            "{declared}"
        );
    }
}

#[test]
fn what_has_not_the_form_of_a_type_is_refused() {
    let bad = [
        "",
        "int; drop table x",
        "int, b int",
        "int default 0",
        "int not null",
        "varchar(",
        "varchar(0)",
        "varchar(1,2)",
        "numeric(1001)",
        "int(11)",
        "timestamp(7)",
        "serial[]",
        "text collate \"C\"",
        "a.b.c",
        "mood(",
        "mood)",
        "x(int default 1)",
        "-- x",
    ];
    for declared in bad {
        assert!(parse(declared).is_err(), "{declared}: {:?}", parse(declared));
    }
}

#[test]
fn a_canonical_type_reads_as_itself() {
    for text in [
        "numeric(10,2)",
        "timestamp(3) with time zone",
        "interval day to second(3)",
        "bit varying(5)",
        "bpchar",
    ] {
        assert_eq!(parse(text).map(|parsed| parsed.text), Ok(text.to_owned()));
    }
}
