//! New tables.

use schema::ir::AutoIncrement;
use serde_json::json;

use crate::driver::{Fixture, sql, table};

fn columns_of(types: &[&str]) -> serde_json::Value {
    let columns: Vec<_> = types
        .iter()
        .enumerate()
        .map(|(at, type_)| json!({"name": format!("c{at}"), "type": type_}))
        .collect();
    json!({ "columns": columns })
}

#[tokio::test]
async fn every_type_is_read_back_as_it_was_lowered() {
    let mut fixture = Fixture::new().await;
    let types = [
        "int",
        "int2",
        "int4",
        "int8",
        "integer",
        "smallint",
        "bigint",
        "float4",
        "float8",
        "float",
        "real",
        "float(10)",
        "double precision",
        "decimal",
        "numeric",
        "numeric(10)",
        "numeric(10,2)",
        "bool",
        "boolean",
        "char",
        "char(3)",
        "varchar",
        "varchar(40)",
        "character varying(7)",
        "bpchar",
        "text",
        "name",
        "bytea",
        "date",
        "time",
        "time(3)",
        "timetz",
        "timetz(2)",
        "timestamp",
        "timestamp(3)",
        "timestamptz",
        "timestamptz(0)",
        "timestamp (2) with time zone",
        "interval",
        "interval(3)",
        "interval year to month",
        "interval second(2)",
        "interval day to second(4)",
        "bit",
        "bit(3)",
        "varbit",
        "varbit(9)",
        "json",
        "jsonb",
        "uuid",
        "xml",
        "inet",
        "cidr",
        "macaddr",
        "macaddr8",
        "money",
        "oid",
        "point",
        "line",
        "lseg",
        "box",
        "path",
        "polygon",
        "circle",
        "tsvector",
        "tsquery",
        "int4range",
        "int8range",
        "numrange",
        "tsrange",
        "tstzrange",
        "daterange",
        "int4multirange",
        "pg_lsn",
        "regclass",
        "\"char\"",
        "text[]",
        "int4[]",
        "varchar(10)[]",
        "numeric(5,1)[][]",
        "timestamptz(3)[]",
        "uuid array",
        "pg_catalog.int4",
        "jsonpath",
    ];
    let plan = fixture.apply(&[table("types", columns_of(&types))]).await;
    assert_eq!(plan.steps.len(), 1);
}

#[tokio::test]
async fn types_of_the_database_are_found_and_written_with_their_schema() {
    let mut fixture = Fixture::new().await;
    fixture
        .sql("CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE SCHEMA other; CREATE TYPE other.\"Big Mood\" AS ENUM ('a');
              CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%')")
        .await;
    let mut declared = columns_of(&[
        "mood",
        "MOOD",
        "mood[]",
        "other.\"Big Mood\"",
        "email",
        "public.mood",
    ]);
    declared["columns"][0]["default"] = json!("happy");
    declared["columns"][2]["default"] = json!("{sad}");
    declared["columns"][4]["default"] = json!("a@b");
    let plan = fixture.apply(&[table("people", declared)]).await;
    assert!(sql(&plan).contains("public.mood[]"), "{}", sql(&plan));
    assert!(sql(&plan).contains("other.\"Big Mood\""), "{}", sql(&plan));
}

#[tokio::test]
async fn an_unknown_type_is_an_error_at_its_field_before_anything_runs() {
    let mut fixture = Fixture::new().await;
    let declared = [table("t", columns_of(&["int", "moood", "record"]))];
    let errors = fixture
        .try_plan(&declared, &schema::plan::Policy::default())
        .await
        .unwrap_err();
    let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "spec.schema.postgres.columns[1].type",
            "spec.schema.postgres.columns[2].type"
        ]
    );
    assert!(errors[0].problem.contains("`moood`"), "{}", errors[0]);
}

#[tokio::test]
async fn an_unknown_schema_or_index_method_is_an_error_at_its_field() {
    let mut fixture = Fixture::new().await;
    let declared = json!({"schema": "nowhere", "columns": [{"name": "a", "type": "int"}],
                          "indexes": [{"columns": ["a"], "type": "rtree"}]});
    let errors = fixture
        .try_plan(&[table("t", declared)], &schema::plan::Policy::default())
        .await
        .unwrap_err();
    let text: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(text.len(), 2, "{text:?}");
    assert!(
        text[0].contains("nowhere") && text[1].contains("rtree"),
        "{text:?}"
    );
}

#[tokio::test]
async fn serial_columns_are_not_null_and_number_their_rows() {
    let mut fixture = Fixture::new().await;
    let declared = json!({"primaryKey": ["id"], "columns": [
        {"name": "id", "type": "serial"}, {"name": "big", "type": "bigserial"}, {"name": "small", "type": "smallserial"}]});
    fixture.apply(&[table("numbered", declared)]).await;
    let live = fixture.inspect("numbered").await.unwrap();
    assert!(
        live.columns
            .iter()
            .all(|column| column.not_null && column.default.is_none())
    );
    assert!(
        live.columns
            .iter()
            .all(|column| column.auto_increment == Some(AutoIncrement::Serial))
    );
    fixture.sql("INSERT INTO numbered DEFAULT VALUES").await;
}

#[tokio::test]
async fn names_that_need_quotes_stay_exactly_as_they_are_declared() {
    let mut fixture = Fixture::new().await;
    let odd = "a \"b\" ; -- 'c' $1 ✓";
    let declared = json!({"primaryKey": [odd], "columns": [
            {"name": odd, "type": "int"}, {"name": "SELECT", "type": "text"}, {"name": "MixedCase", "type": "text"}],
        "indexes": [{"columns": ["SELECT", "MixedCase"], "name": "Odd \"Index\""}],
        "foreignKeys": [{"columns": [odd], "references": {"table": "Tab\"le", "columns": [odd]}, "name": "f k"}]});
    fixture.apply(&[table("Tab\"le", declared)]).await;
    assert!(fixture.inspect("Tab\"le").await.is_some());
}

#[tokio::test]
async fn generated_names_are_cut_as_the_server_cuts_them() {
    let mut fixture = Fixture::new().await;
    let name = "ü".repeat(31);
    let column = "a_column_with_a_rather_long_name";
    let declared = json!({"primaryKey": [column], "columns": [{"name": column, "type": "int"}],
        "indexes": [{"columns": [column]}],
        "foreignKeys": [{"columns": [column], "references": {"table": name, "columns": [column]}}]});
    fixture.apply(&[table(&name, declared)]).await;
}

#[tokio::test]
async fn tables_of_another_schema_and_tables_that_refer_in_a_circle_are_made() {
    let mut fixture = Fixture::new().await;
    fixture
        .sql("CREATE SCHEMA app; CREATE TABLE app.old (id int PRIMARY KEY)")
        .await;
    let to = |own: &str, other: &str| {
        json!({"schema": "app", "primaryKey": ["id"], "columns": [
                {"name": "id", "type": "int"}, {"name": own, "type": "int"}, {"name": "old", "type": "int"}],
            "foreignKeys": [
                {"columns": [own], "references": {"table": other, "columns": ["id"]}, "onDelete": "set null"},
                {"columns": ["old"], "references": {"table": "old", "columns": ["id"]}, "onDelete": "CASCADE"}]})
    };
    let old = json!({"schema": "app", "primaryKey": ["id"], "columns": [{"name": "id", "type": "int"}]});
    let plan = fixture
        .apply(&[
            table("a", to("b_id", "b")),
            table("b", to("a_id", "a")),
            table("old", old),
        ])
        .await;
    assert!(sql(&plan).contains("ON DELETE CASCADE"), "{}", sql(&plan));
}

#[tokio::test]
async fn an_index_has_its_method_and_parameters() {
    let mut fixture = Fixture::new().await;
    let declared = json!({"columns": [{"name": "a", "type": "int"}, {"name": "b", "type": "jsonb"}], "indexes": [
        {"columns": ["a"], "type": "hash", "with": {"fillfactor": "70"}},
        {"columns": ["b"], "type": "gin", "with": {"fastupdate": "off", "gin_pending_list_limit": "128"}},
        {"columns": ["a"], "isUnique": true, "name": "only_a"}]});
    fixture.apply(&[table("t", declared)]).await;
}
