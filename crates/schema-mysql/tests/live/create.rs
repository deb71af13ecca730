//! New tables.

use schema::ir::AutoIncrement;
use schema::plan::Policy;
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
    let types = [
        "int",
        "INT(11)",
        "integer",
        "int unsigned",
        "int(5) unsigned zerofill",
        "int zerofill",
        "tinyint",
        "tinyint(1)",
        "tinyint(4)",
        "bool",
        "boolean",
        "smallint(6)",
        "mediumint",
        "bigint(20) unsigned",
        "decimal",
        "decimal(10)",
        "decimal (10, 2)",
        "numeric(8,3) unsigned",
        "dec(5)",
        "fixed(6,1)",
        "float",
        "float(10)",
        "float(30)",
        "double",
        "double precision",
        "real",
        "bit",
        "bit(5)",
        "char",
        "char(3)",
        "character(4)",
        "varchar(40)",
        "character varying(7)",
        "tinytext",
        "text",
        "mediumtext",
        "longtext",
        "binary",
        "binary(3)",
        "varbinary(9)",
        "tinyblob",
        "blob",
        "mediumblob",
        "longblob",
        "date",
        "time",
        "time(3)",
        "datetime",
        "datetime(6)",
        "timestamp",
        "timestamp(2)",
        "year",
        "year(4)",
        "json",
        "enum('a','b,c','it''s')",
        "ENUM( 'x' , 'Y' )",
        "set('x','y')",
        "point",
        "geometry",
        "polygon",
        "linestring",
        "multipoint",
        "geometrycollection",
    ];
    for mut fixture in Fixture::both().await {
        let plan = fixture.apply(&[table("types", columns_of(&types))]).await;
        assert_eq!(plan.steps.len(), 1);
    }
}

#[tokio::test]
async fn types_of_mariadb_are_read_back_there_and_refused_on_mysql() {
    let types = ["uuid", "inet6", "inet4"];
    let mut fixture = Fixture::mariadb().await;
    fixture.apply(&[table("types", columns_of(&types))]).await;
    let mut fixture = Fixture::mysql().await;
    let errors = fixture
        .try_plan(&[table("types", columns_of(&types))], &Policy::default())
        .await
        .unwrap_err();
    assert_eq!(errors.len(), 3, "{errors:?}");
}

#[tokio::test]
async fn a_numbered_column_numbers_its_rows() {
    for mut fixture in Fixture::both().await {
        let declared = json!({"primaryKey": ["id"], "columns": [
            {"name": "id", "type": "bigint unsigned", "attributes": {"autoIncrement": true}},
            {"name": "name", "type": "varchar(20)"}]});
        fixture.apply(&[table("numbered", declared)]).await;
        let live = fixture.inspect("numbered").await.unwrap();
        let id = live.column("id").unwrap();
        assert_eq!(id.auto_increment, Some(AutoIncrement::Native));
        assert!(id.not_null);
        fixture
            .sql("INSERT INTO numbered (name) VALUES ('a'), ('b')")
            .await;
    }
}

#[tokio::test]
async fn names_that_need_quotes_stay_exactly_as_they_are_declared() {
    for mut fixture in Fixture::both().await {
        let odd = "a `b` ; -- 'c' \\ ? ü";
        let declared = json!({"primaryKey": [odd], "columns": [
                {"name": odd, "type": "int", "default": "1"}, {"name": "SELECT", "type": "varchar(20)", "default": "? \\ '"},
                {"name": "MixedCase", "type": "varchar(20)"}, {"name": "p`", "type": "int"}],
            "indexes": [{"columns": ["SELECT", "MixedCase"], "name": "Odd `Index`"}],
            "foreignKeys": [{"columns": ["p`"], "references": {"table": "Tab`le", "columns": [odd]}, "name": "f k"}]});
        fixture.apply(&[table("Tab`le", declared)]).await;
        assert!(fixture.inspect("Tab`le").await.is_some());
        assert!(fixture.inspect("TAB`LE").await.is_none());
    }
}

#[tokio::test]
async fn generated_names_are_cut_to_what_the_server_takes() {
    for mut fixture in Fixture::both().await {
        let name = "ü".repeat(64);
        let column = "a_column_with_a_rather_long_name";
        let declared = json!({"primaryKey": [column], "columns": [
                {"name": column, "type": "int"}, {"name": "parent", "type": "int"}],
            "indexes": [{"columns": [column, "parent"]}],
            "foreignKeys": [{"columns": ["parent"], "references": {"table": name, "columns": [column]}}]});
        fixture.apply(&[table(&name, declared)]).await;
    }
}

#[tokio::test]
async fn tables_that_refer_in_a_circle_are_made() {
    for mut fixture in Fixture::both().await {
        fixture.sql("CREATE TABLE old (id int PRIMARY KEY)").await;
        let to = |own: &str, other: &str| {
            json!({"primaryKey": ["id"], "columns": [
                    {"name": "id", "type": "int"}, {"name": own, "type": "int"}, {"name": "old", "type": "int"}],
                "foreignKeys": [
                    {"columns": [own], "references": {"table": other, "columns": ["id"]}, "onDelete": "set null"},
                    {"columns": ["old"], "references": {"table": "old", "columns": ["id"]}, "onDelete": "CASCADE"}]})
        };
        let old = json!({"primaryKey": ["id"], "columns": [{"name": "id", "type": "int"}]});
        let plan = fixture
            .apply(&[
                table("a", to("b_id", "b")),
                table("b", to("a_id", "a")),
                table("old", old),
            ])
            .await;
        assert!(sql(&plan).contains("ON DELETE CASCADE"), "{}", sql(&plan));
    }
}
