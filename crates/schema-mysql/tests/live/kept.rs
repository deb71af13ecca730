//! What the declared form can't say of a live table is read, kept and told.

use schema::ir::{ObjectName, Table, TableName};
use schema::plan::Policy;
use serde_json::json;

use crate::driver::{Fixture, sql, table};

fn whole(table: &Table) -> Vec<&str> {
    table
        .unsupported
        .iter()
        .filter(|part| matches!(part.object, ObjectName::Table(_)))
        .map(|part| part.reason.as_str())
        .collect()
}

#[tokio::test]
async fn what_belongs_to_a_column_survives_a_change_of_it() {
    for mut fixture in Fixture::both().await {
        fixture
            .sql(
                "CREATE TABLE t (
                   a datetime(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT 'it''s \\\\ a ?',
                   b varchar(9) COMMENT 'b') COLLATE utf8mb4_bin",
            )
            .await;
        let declared = json!({"columns": [
            {"name": "a", "type": "datetime(3)", "default": "now(3)", "constraints": {"notNull": true}},
            {"name": "b", "type": "varchar(30)", "default": "x"}]});
        fixture.apply(&[table("t", declared)]).await;
        let live = fixture.inspect("t").await.unwrap();
        assert_eq!(
            live.column("a").unwrap().extra.as_deref(),
            Some("ON UPDATE CURRENT_TIMESTAMP(3) COMMENT 'it''s \\\\ a ?'")
        );
        assert_eq!(live.column("b").unwrap().extra.as_deref(), Some("COMMENT 'b'"));
    }
}

#[tokio::test]
async fn mariadb_s_checks_and_hidden_columns_survive_a_change_of_their_column() {
    let mut fixture = Fixture::mariadb().await;
    fixture
        .sql(
            "CREATE TABLE t (a int INVISIBLE DEFAULT 1 CHECK (a > 0), b varchar(200) COMPRESSED, j json,
               l longtext, CONSTRAINT small CHECK (a < 10)) COLLATE utf8mb4_bin",
        )
        .await;
    let declared = json!({"columns": [
        {"name": "a", "type": "bigint", "default": "2"}, {"name": "b", "type": "varchar(300)"},
        {"name": "j", "type": "json", "constraints": {"notNull": true}}, {"name": "l", "type": "longtext"}]});
    fixture.apply(&[table("t", declared)]).await;
    let live = fixture.inspect("t").await.unwrap();
    assert_eq!(
        live.column("a").unwrap().extra.as_deref(),
        Some("INVISIBLE CHECK (`a` > 0)")
    );
    assert_eq!(live.column("b").unwrap().extra.as_deref(), Some("COMPRESSED"));
    assert_eq!(live.column("j").unwrap().type_, "json");
    assert_eq!(live.column("l").unwrap().type_, "longtext");
    assert_eq!(live.checks.len(), 1);
    fixture
        .database
        .refused("INSERT INTO t (a, j) VALUES (0, '1')")
        .await;
    fixture
        .database
        .refused("INSERT INTO t (j) VALUES ('no json')")
        .await;
}

#[tokio::test]
async fn special_indexes_stay_and_are_told_apart() {
    for mut fixture in Fixture::both().await {
        let special = if fixture.is_mariadb() {
            "KEY f (b) IGNORED"
        } else {
            "KEY f ((length(b))), KEY d (a DESC), KEY i (a) INVISIBLE"
        };
        fixture
            .sql(&format!(
                "CREATE TABLE t (a int, b varchar(20), g geometry NOT NULL, KEY p (b(3)), FULLTEXT KEY ft (b),
                   SPATIAL KEY sp (g), KEY c (a) COMMENT 'slow', KEY plain (a, b), {special}) COLLATE utf8mb4_bin"
            ))
            .await;
        let live = fixture.inspect("t").await.unwrap();
        let extra = |name: &str| live.index(name).unwrap().extra.clone().unwrap_or_default();
        assert_eq!(extra("p"), "(`b`(3))");
        assert_eq!(extra("ft"), "FULLTEXT");
        assert_eq!(extra("sp"), "SPATIAL");
        assert_eq!(extra("c"), "COMMENT 'slow'");
        assert_eq!(extra("plain"), "");
        if fixture.is_mariadb() {
            assert_eq!(extra("f"), "INVISIBLE");
        } else {
            assert_eq!(extra("f"), "((length(`b`)))");
            assert_eq!(extra("d"), "(`a` DESC)");
            assert_eq!(extra("i"), "INVISIBLE");
        }
        let declared = json!({"columns": [{"name": "a", "type": "int"}, {"name": "b", "type": "varchar(20)"},
            {"name": "g", "type": "geometry", "constraints": {"notNull": true}}],
            "indexes": [{"columns": ["a", "b"], "name": "plain"}]});
        let plan = fixture.plan(&[table("t", declared)], &Policy::allow_all()).await;
        assert!(plan.is_empty(), "{}", sql(&plan));
    }
}

#[tokio::test]
async fn tables_of_another_kind_are_told_and_not_altered() {
    for mut fixture in Fixture::both().await {
        fixture
            .sql(
                "CREATE TABLE engine (a int) ENGINE = MyISAM;
                 CREATE TABLE parts (a int) PARTITION BY HASH (a) PARTITIONS 2",
            )
            .await;
        let live = fixture.inspect("engine").await.unwrap();
        assert!(whole(&live)[0].contains("MyISAM"), "{:?}", live.unsupported);
        let live = fixture.inspect("parts").await.unwrap();
        assert!(whole(&live)[0].contains("partitioned"), "{:?}", live.unsupported);
        let declared = json!({"columns": [{"name": "a", "type": "bigint"}]});
        let plan = fixture
            .plan(
                &[table("engine", declared.clone()), table("parts", declared)],
                &Policy::allow_all(),
            )
            .await;
        assert!(plan.is_empty(), "{}", sql(&plan));
        assert!(plan.unsupported.len() >= 2, "{:?}", plan.unsupported);
    }
}

#[tokio::test]
async fn a_view_or_sequence_of_a_wanted_name_is_no_table() {
    for mut fixture in Fixture::both().await {
        fixture
            .sql("CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t")
            .await;
        let error = fixture
            .session
            .inspect(&[TableName::unqualified("v")])
            .await
            .unwrap_err();
        assert!(error.to_string().contains("v is a view"), "{error}");
        let live = fixture.inspect("t").await.unwrap();
        assert_eq!(live.dependents.len(), 1);
        assert_eq!(
            (live.dependents[0].kind.as_str(), live.dependents[0].name.as_str()),
            ("view", "v")
        );
    }
}

#[tokio::test]
async fn triggers_generated_columns_and_foreign_keys_of_others_are_read() {
    for mut fixture in Fixture::both().await {
        fixture
            .sql(
                "CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a + 1) VIRTUAL, s int AS (a + 2) STORED);
                 CREATE TABLE child (t_id int, CONSTRAINT child_key FOREIGN KEY (t_id) REFERENCES t (id));
                 CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
            )
            .await;
        let live = fixture.inspect("t").await.unwrap();
        assert_eq!(live.attachments.len(), 1);
        assert!(
            live.attachments[0]
                .definition
                .starts_with("BEFORE INSERT 1 SET NEW.a"),
            "{:?}",
            live.attachments
        );
        assert_eq!(live.dependents[0].name, "child_key on child");
        let generated: Vec<&str> = live
            .columns
            .iter()
            .filter_map(|column| column.generated.as_deref())
            .collect();
        assert!(
            generated[0].ends_with("VIRTUAL") && generated[1].ends_with("STORED"),
            "{generated:?}"
        );
        assert_eq!(live.unsupported.len(), 2);
    }
}

#[tokio::test]
async fn a_table_whose_columns_are_hidden_from_the_user_is_told_and_not_altered() {
    for fixture in Fixture::both().await {
        fixture.sql("CREATE TABLE t (a int, secret int, b int)").await;
        let name = fixture.database.name().to_owned();
        let user = format!("{name}_part");
        fixture
            .database
            .execute_as_superuser(&format!(
                "CREATE USER '{user}'@'%' IDENTIFIED BY 'p'; GRANT SELECT (a, b) ON `{name}`.t TO '{user}'@'%'"
            ))
            .await;
        let outcome = crate::driver::connect(&fixture.database.url_for(&user, "p")).await;
        let t = TableName::unqualified("t");
        let live = outcome.unwrap().inspect(std::slice::from_ref(&t)).await.unwrap();
        fixture
            .database
            .execute_as_superuser(&format!("DROP USER '{user}'@'%'"))
            .await;
        let live = live.table(&t).unwrap();
        assert!(
            whole(live)[0].contains("may not see all of its columns"),
            "{:?}",
            live.unsupported
        );
    }
}
