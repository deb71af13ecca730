//! Defaults: what is declared means what is live.

use schema::plan::Policy;
use serde_json::json;

use crate::driver::{Fixture, sql, table};

#[tokio::test]
async fn a_default_of_every_kind_is_set_and_then_no_difference() {
    for mut fixture in Fixture::both().await {
        let columns = json!([
            {"name": "i", "type": "int", "default": "7"},
            {"name": "neg", "type": "int", "default": "-7"},
            {"name": "zero", "type": "int(5) unsigned zerofill", "default": "7"},
            {"name": "b", "type": "bool", "default": "true"},
            {"name": "d", "type": "decimal(10,2)", "default": "1"},
            {"name": "f", "type": "double", "default": "1.50"},
            {"name": "e3", "type": "float", "default": "1e3"},
            {"name": "v", "type": "varchar(40)", "default": "it's \\ a \"text\" -- ü 🎉"},
            {"name": "empty", "type": "varchar(40)", "default": ""},
            {"name": "nul", "type": "varchar(40)", "default": "NULL"},
            {"name": "now", "type": "varchar(40)", "default": "CURRENT_TIMESTAMP"},
            {"name": "paren", "type": "char(8)", "default": "(1)"},
            {"name": "en", "type": "enum('a','B')", "default": "B"},
            {"name": "se", "type": "set('a','b','c')", "default": "a,c"},
            {"name": "bi", "type": "bit(4)", "default": "b'0101'"},
            {"name": "bin", "type": "binary(3)", "default": "ab"},
            {"name": "vb", "type": "varbinary(9)", "default": "xyz"},
            {"name": "da", "type": "date", "default": "2026-01-02"},
            {"name": "ti", "type": "time(2)", "default": "10:11:12"},
            {"name": "dt", "type": "datetime", "default": "2026-01-02 03:04:05"},
            {"name": "dn", "type": "datetime", "default": "now()"},
            {"name": "d6", "type": "datetime(6)", "default": "CURRENT_TIMESTAMP(6)"},
            {"name": "ts", "type": "timestamp", "constraints": {"notNull": true}, "default": "current_timestamp"},
            {"name": "ye", "type": "year", "default": "2026"},
            {"name": "x1", "type": "int", "default": "1+1"},
            {"name": "x2", "type": "int", "default": "(length('a,b') + `i`)"},
            {"name": "x3", "type": "bigint", "default": "UNIX_TIMESTAMP()"},
            {"name": "js", "type": "json", "default": "json_object('a', 1)"}
        ]);
        let plan = fixture
            .apply(&[table(
                "t",
                json!({ "defaultCharset": "utf8mb4", "columns": columns }),
            )])
            .await;
        assert_eq!(plan.steps.len(), 1);
        fixture.sql("INSERT INTO t () VALUES ()").await;
    }
}

#[tokio::test]
async fn what_says_the_same_in_other_words_is_no_difference() {
    for mut fixture in Fixture::both().await {
        fixture
            .sql(
                "CREATE TABLE t (a int DEFAULT 7, b decimal(10,2) DEFAULT '1.00', c datetime DEFAULT CURRENT_TIMESTAMP,
                   d int DEFAULT (1 + 1), e timestamp(3) NULL DEFAULT now(3), f bool DEFAULT 1, g bit(4) DEFAULT 5,
                   h int DEFAULT (ABS( -3 )), i date DEFAULT '20260102') COLLATE utf8mb4_general_ci",
            )
            .await;
        let declared = json!({"columns": [
            {"name": "a", "type": "int(11)", "default": " 7 "},
            {"name": "b", "type": "numeric(10,2)", "default": "1"},
            {"name": "c", "type": "datetime", "default": "LOCALTIME"},
            {"name": "d", "type": "int", "default": "1+1"},
            {"name": "e", "type": "timestamp(3)", "default": "localtimestamp(3)"},
            {"name": "f", "type": "boolean", "default": "TRUE"},
            {"name": "g", "type": "bit(4)", "default": "b'101'"},
            {"name": "h", "type": "int", "default": "abs(-3)"},
            {"name": "i", "type": "date", "default": "2026-01-02"}]});
        let plan = fixture.plan(&[table("t", declared)], &Policy::allow_all()).await;
        assert!(plan.is_empty(), "{}", sql(&plan));
        assert_eq!(plan.unproven, []);
    }
}

#[tokio::test]
async fn a_default_is_set_changed_and_dropped() {
    for mut fixture in Fixture::both().await {
        let with = |default: Option<&str>| {
            let mut columns = json!([{"name": "a", "type": "varchar(20)"}, {"name": "b", "type": "int"}]);
            if let Some(default) = default {
                columns[0]["default"] = json!(default);
                columns[1]["default"] = json!(format!("length('{default}')"));
            }
            table("t", json!({ "columns": columns }))
        };
        for default in [None, Some("x"), Some("yy"), None] {
            fixture.apply(&[with(default)]).await;
        }
    }
}

#[tokio::test]
async fn a_default_that_the_server_refuses_is_an_error_at_its_field_and_nothing_is_left() {
    for mut fixture in Fixture::both().await {
        let declared = json!({"columns": [
            {"name": "fine", "type": "int", "default": "1 + 2"},
            {"name": "a", "type": "int", "default": "no_such_function(1)"},
            {"name": "b", "type": "date", "default": "2026-02-30"},
            {"name": "c", "type": "enum('x')", "default": "y"},
            {"name": "d", "type": "int", "default": "missing + 1"}]});
        let errors = fixture
            .try_plan(&[table("t", declared)], &Policy::default())
            .await
            .unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(
            fields,
            [1, 2, 3, 4].map(|at| format!("spec.schema.mysql.columns[{at}].default")),
            "{errors:?}"
        );
        fixture.sql("CREATE TABLE chancery_tmp_probe (a int)").await;
        assert!(fixture.inspect("t").await.is_none());
    }
}

#[tokio::test]
async fn without_the_right_to_temporary_tables_a_doubtful_default_stays_and_is_told() {
    for fixture in Fixture::both().await {
        fixture
            .sql("CREATE TABLE t (a int DEFAULT (1 + 2)) COLLATE utf8mb4_bin")
            .await;
        let name = fixture.database.name();
        let revoke = format!("REVOKE CREATE TEMPORARY TABLES ON `{name}`.* FROM '{name}'@'%'");
        fixture.database.execute_as_superuser(&revoke).await;
        // Rights on a database are those of its beginning until the session chooses it again.
        let mut fixture = Fixture {
            session: crate::driver::connect(&fixture.database.url()).await.unwrap(),
            ..fixture
        };
        let declared = |default: &str| {
            table(
                "t",
                json!({"columns": [{"name": "a", "type": "int", "default": default}]}),
            )
        };
        let plan = fixture.plan(&[declared("(1)+2")], &Policy::allow_all()).await;
        assert!(plan.is_empty(), "{}", sql(&plan));
        assert_eq!(plan.unproven.len(), 1);
        assert!(
            plan.unproven[0].reason.contains("CREATE TEMPORARY TABLES"),
            "{:?}",
            plan.unproven
        );
        let plan = fixture.plan(&[declared("1 + 2")], &Policy::allow_all()).await;
        assert!(plan.is_empty() && plan.unproven.is_empty());
    }
}

#[tokio::test]
async fn an_unchanged_schema_needs_no_temporary_table() {
    for fixture in Fixture::both().await {
        let mut fixture = fixture;
        let declared = [table(
            "t",
            json!({"columns": [
                {"name": "a", "type": "int", "default": "1 + 1"},
                {"name": "b", "type": "datetime", "default": "now()"},
                {"name": "c", "type": "varchar(9)", "default": "x"}]}),
        )];
        fixture.apply(&declared).await;
        let name = fixture.database.name();
        let revoke = format!("REVOKE CREATE TEMPORARY TABLES ON `{name}`.* FROM '{name}'@'%'");
        fixture.database.execute_as_superuser(&revoke).await;
        let mut fixture = Fixture {
            session: crate::driver::connect(&fixture.database.url()).await.unwrap(),
            ..fixture
        };
        let plan = fixture.plan(&declared, &Policy::allow_all()).await;
        assert!(plan.is_empty() && plan.unproven.is_empty(), "{:?}", plan.unproven);
    }
}
