//! Character sets and collations of tables and columns.

use schema::plan::Policy;
use serde_json::json;

use crate::driver::{Fixture, sql, table};

fn collation(table: &schema::ir::Table, column: &str) -> String {
    table
        .column(column)
        .and_then(|column| column.collation.clone())
        .unwrap_or_default()
}

#[tokio::test]
async fn each_column_has_the_collation_that_is_declared_nearest_to_it() {
    for mut fixture in Fixture::both().await {
        let declared = json!({"defaultCharset": "latin1", "columns": [
            {"name": "plain", "type": "varchar(9)"},
            {"name": "charset", "type": "text", "charset": "utf8mb4"},
            {"name": "collation", "type": "char(3)", "collation": "ascii_bin"},
            {"name": "both", "type": "enum('a')", "charset": "UTF8MB4", "collation": "utf8mb4_unicode_ci"},
            {"name": "old", "type": "varchar(9)", "charset": "utf8"},
            {"name": "older", "type": "varchar(9)", "charset": "utf8mb3", "collation": "utf8_bin"},
            {"name": "number", "type": "int"}]});
        fixture.apply(&[table("t", declared)]).await;
        let live = fixture.inspect("t").await.unwrap();
        assert_eq!(live.options, ["COLLATE=latin1_swedish_ci"]);
        assert_eq!(collation(&live, "plain"), "latin1_swedish_ci");
        assert!(collation(&live, "charset").starts_with("utf8mb4_"));
        assert_eq!(collation(&live, "collation"), "ascii_bin");
        assert_eq!(collation(&live, "both"), "utf8mb4_unicode_ci");
        assert_eq!(collation(&live, "old"), "utf8mb3_general_ci");
        assert_eq!(collation(&live, "older"), "utf8mb3_bin");
        assert_eq!(live.column("number").unwrap().collation, None);
    }
}

#[tokio::test]
async fn where_nothing_is_declared_the_live_collations_stay_and_a_new_column_has_the_table_s() {
    for mut fixture in Fixture::both().await {
        fixture
            .sql("CREATE TABLE t (a varchar(9) COLLATE latin1_bin, b varchar(9), c int) COLLATE utf8mb4_unicode_ci")
            .await;
        let columns = json!([
            {"name": "a", "type": "varchar(9)"}, {"name": "b", "type": "int"}, {"name": "c", "type": "varchar(9)"},
            {"name": "d", "type": "varchar(9)"}]);
        fixture.apply(&[table("t", json!({ "columns": columns }))]).await;
        let live = fixture.inspect("t").await.unwrap();
        let all: Vec<String> = ["a", "b", "c", "d"].map(|column| collation(&live, column)).into();
        assert_eq!(
            all,
            ["latin1_bin", "", "utf8mb4_unicode_ci", "utf8mb4_unicode_ci"]
        );
    }
}

#[tokio::test]
async fn a_declared_collation_replaces_the_live_one_of_table_and_columns() {
    for mut fixture in Fixture::both().await {
        fixture
            .sql("CREATE TABLE t (a varchar(9), b varchar(9) COLLATE ascii_bin) COLLATE latin1_swedish_ci")
            .await;
        fixture.sql("INSERT INTO t VALUES ('x', 'y')").await;
        let declared = json!({"defaultCharset": "utf8mb4", "collation": "utf8mb4_bin", "columns": [
            {"name": "a", "type": "varchar(9)"}, {"name": "b", "type": "varchar(9)"}]});
        fixture.apply(&[table("t", declared)]).await;
        let live = fixture.inspect("t").await.unwrap();
        assert_eq!(live.options, ["COLLATE=utf8mb4_bin"]);
        assert_eq!(
            [collation(&live, "a"), collation(&live, "b")],
            ["utf8mb4_bin", "utf8mb4_bin"]
        );
    }
}

#[tokio::test]
async fn what_the_server_does_not_have_is_an_error_at_its_field() {
    for mut fixture in Fixture::both().await {
        let wrong = json!({"defaultCharset": "klingon", "columns": [
            {"name": "a", "type": "varchar(9)"},
            {"name": "b", "type": "varchar(9)", "charset": "latin1", "collation": "utf8mb4_bin"},
            {"name": "c", "type": "varchar(9)", "collation": "utf8mb4_nowhere_ci"},
            {"name": "d", "type": "varchar(9)", "charset": "nothing"}]});
        let fit = json!({"defaultCharset": "latin1", "collation": "latin2_bin", "columns": [{"name": "a", "type": "int"}]});
        let errors = fixture
            .try_plan(&[table("t", wrong), table("u", fit)], &Policy::default())
            .await
            .unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "spec.schema.mysql.defaultCharset",
                "spec.schema.mysql.columns[1].collation",
                "spec.schema.mysql.columns[2].collation",
                "spec.schema.mysql.columns[3].charset",
                "spec.schema.mysql.collation",
            ],
            "{errors:?}"
        );
    }
}

#[tokio::test]
async fn a_collation_in_other_words_is_no_difference() {
    for mut fixture in Fixture::both().await {
        fixture
            .sql("CREATE TABLE t (a varchar(9)) CHARACTER SET utf8 COLLATE utf8_bin")
            .await;
        for (charset, collation) in [
            ("utf8", "utf8_bin"),
            ("utf8mb3", "utf8mb3_bin"),
            ("UTF8", "UTF8MB3_BIN"),
        ] {
            let declared = json!({"defaultCharset": charset, "collation": collation,
                                  "columns": [{"name": "a", "type": "varchar(9)"}]});
            let plan = fixture.plan(&[table("t", declared)], &Policy::allow_all()).await;
            assert!(plan.is_empty(), "{}", sql(&plan));
        }
    }
}
