//! What a default means, settled by the server.

use schema::engine::{DeclaredTable, Engine as _};
use schema::ir::TableName;
use schema::plan::Policy;
use schema_postgres::ENGINE;
use serde_json::json;

use crate::driver::{Fixture, connect, sql, table};

const DEFAULTS: [(&str, &str); 34] = [
    ("int", "0"),
    ("int", "-1"),
    ("bigint", "5000000000"),
    ("bigint", "-7"),
    ("smallint", "3"),
    ("numeric(10,2)", "1.5"),
    ("numeric(10,2)", "-1.50"),
    ("float8", "1e-3"),
    ("float8", "NaN"),
    ("int", "1 + 1"),
    ("text", "now()"),
    ("text", "it's \\ odd"),
    ("text", ""),
    ("varchar(5)", "abc"),
    ("char(4)", "ab"),
    ("bool", "t"),
    ("bool", "not true"),
    ("timestamptz", "now()"),
    ("timestamptz", "CURRENT_TIMESTAMP"),
    ("timestamp", "2026-01-01"),
    ("date", "CURRENT_DATE"),
    ("date", "(now() + '1 day'::interval)"),
    ("time", "03:04"),
    ("interval", "1 day"),
    ("uuid", "gen_random_uuid()"),
    ("uuid", "00000000-0000-0000-0000-000000000001"),
    ("jsonb", "{\"b\": 1, \"a\": 2}"),
    ("jsonb", "jsonb_build_object('a', 1)"),
    ("json", "[]"),
    ("text[]", "{a,b}"),
    ("text[]", "ARRAY['a']"),
    ("int4range", "[1,3)"),
    ("bytea", "\\x01ff"),
    ("inet", "10.0.0.1"),
];

fn declared() -> [schema::declared::TableSpec; 1] {
    let columns: Vec<_> = DEFAULTS
        .iter()
        .enumerate()
        .map(|(at, (type_, default))| json!({"name": format!("c{at}"), "type": type_, "default": default}))
        .collect();
    [table("defaults", json!({ "columns": columns }))]
}

#[tokio::test]
async fn every_kind_of_default_is_stable_from_the_first_plan_on() {
    let mut fixture = Fixture::new().await;
    fixture.apply(&declared()).await;
    fixture.sql("INSERT INTO defaults DEFAULT VALUES").await;
}

#[tokio::test]
async fn defaults_that_mean_the_same_are_no_change_however_they_are_written() {
    let mut fixture = Fixture::new().await;
    fixture
        .sql("CREATE TABLE t (a int DEFAULT 1 + 1, b timestamptz DEFAULT NOW(), c jsonb DEFAULT '{\"a\":  1}',
                              d varchar(5) DEFAULT 'x'::text, e bigint DEFAULT '5'::bigint, f date DEFAULT '2026-1-2')")
        .await;
    let same = json!({"columns": [
        {"name": "a", "type": "int", "default": "2"}, {"name": "b", "type": "timestamptz", "default": "(now())"},
        {"name": "c", "type": "jsonb", "default": "{\"a\": 1}"}, {"name": "d", "type": "varchar(5)", "default": "x"},
        {"name": "e", "type": "bigint", "default": "5"}, {"name": "f", "type": "date", "default": "2026-01-02"}]});
    let plan = fixture.plan(&[table("t", same)], &Policy::allow_all()).await;
    assert!(plan.is_empty() && plan.unproven.is_empty(), "{}", sql(&plan));
}

#[tokio::test]
async fn a_default_that_the_server_refuses_is_an_error_at_its_field_among_good_ones() {
    let mut fixture = Fixture::new().await;
    let declared = json!({"columns": [
        {"name": "a", "type": "int", "default": "1 + 2"}, {"name": "b", "type": "int", "default": "no_such_function()"},
        {"name": "c", "type": "date", "default": "2026-99-99"}, {"name": "d", "type": "int", "default": "(select 1)"}]});
    let errors = fixture
        .try_plan(&[table("t", declared)], &Policy::default())
        .await
        .unwrap_err();
    let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
    let expected = [1, 2, 3].map(|at| format!("spec.schema.postgres.columns[{at}].default"));
    assert_eq!(fields, expected, "{errors:?}");
    assert!(errors[0].problem.contains("no_such_function"), "{}", errors[0]);
}

#[tokio::test]
async fn settling_defaults_leaves_nothing_in_the_database() {
    let mut fixture = Fixture::new().await;
    fixture.plan(&declared(), &Policy::default()).await;
    fixture
        .sql("DO $$ BEGIN ASSERT (SELECT count(*) = 0 FROM pg_class WHERE relname LIKE 'chancery%'); END $$")
        .await;
}

#[tokio::test]
async fn on_a_server_that_takes_no_writes_what_plans_alike_is_equal_and_the_rest_is_unproven() {
    let fixture = Fixture::new().await;
    fixture
        .sql("CREATE TABLE t (a int DEFAULT 1 + 1, b timestamptz DEFAULT CURRENT_TIMESTAMP)")
        .await;
    fixture.sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$").await;
    let mut session = connect(&fixture.database.url()).await.unwrap();
    assert!(session.facts().read_only);
    let spec = table(
        "t",
        json!({"columns": [
        {"name": "a", "type": "int", "default": "2"}, {"name": "b", "type": "timestamptz", "default": "now()"}]}),
    );
    let facts = session.facts().clone();
    let mut desired = ENGINE
        .lower(
            &[DeclaredTable {
                place: "p",
                spec: &spec,
            }],
            &facts,
        )
        .unwrap();
    let name = TableName::new("public", "t");
    let live = session.inspect(std::slice::from_ref(&name)).await.unwrap();
    let resolution = session.resolve(&mut desired, &live).await.unwrap();
    assert!(resolution.errors.is_empty());
    let unproven: Vec<String> = resolution
        .unproven
        .iter()
        .map(|unproven| unproven.object.to_string())
        .collect();
    assert_eq!(unproven, ["column public.t.b"]);
    assert_eq!(
        desired.tables[&name].table.columns,
        live.table(&name).unwrap().columns,
        "the live defaults stay"
    );
}

#[tokio::test]
async fn changing_and_dropping_a_default_keeps_the_rows() {
    let mut fixture = Fixture::new().await;
    let of = |default: Option<&str>| {
        let mut column = json!({"name": "c", "type": "int"});
        if let Some(default) = default {
            column["default"] = json!(default);
        }
        [table("t", json!({ "columns": [column] }))]
    };
    fixture.apply(&of(Some("1"))).await;
    fixture.sql("INSERT INTO t DEFAULT VALUES").await;
    fixture.apply(&of(Some("(random() * 10)::int"))).await;
    fixture.apply(&of(None)).await;
    fixture
        .sql("DO $$ BEGIN ASSERT (SELECT c FROM t) = 1; END $$")
        .await;
}
