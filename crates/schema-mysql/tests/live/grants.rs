//! The rights that `grants` states are enough, and each is needed.

use schema::engine::{Engine, GrantRequest, Timeouts};
use schema::journal::{Owner, RunRecord};
use schema::plan::Policy;
use schema_mysql::ENGINE;
use serde_json::json;
use std::time::Duration;

use crate::driver::{Fixture, connect, table};

/// Returns the statements that `grants` gives for a user, comments left out.
fn statements(role: &str, database: &str) -> Vec<String> {
    let request = GrantRequest {
        role,
        host: None,
        database,
        schema: None,
    };
    let statements = ENGINE.grants(&request).unwrap();
    statements
        .into_iter()
        .filter(|sql| !sql.starts_with("--"))
        .collect()
}

#[tokio::test]
async fn a_user_with_the_stated_rights_plans_and_applies_all_kinds_of_changes() {
    for mut fixture in Fixture::both().await {
        let name = fixture.database.name().to_owned();
        let user = format!("{name}_least");
        let mut rights = vec![format!("CREATE USER '{user}'@'%' IDENTIFIED BY 'p'")];
        rights.extend(statements(&user, &name));
        fixture.database.execute_as_superuser(&rights.join("; ")).await;
        fixture
            .sql(
                "CREATE TABLE t (id int PRIMARY KEY, gone int); CREATE VIEW v AS SELECT id FROM t;
                  CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.gone = 1",
            )
            .await;
        fixture.session = connect(&fixture.database.url_for(&user, "p")).await.unwrap();
        let live = fixture.inspect("t").await.unwrap();
        assert_eq!((live.dependents.len(), live.attachments.len()), (1, 1));
        let session = &mut fixture.session;
        session.lock(Duration::ZERO).await.unwrap();
        let journal = session.open_journal().await.unwrap();
        let owner = Owner {
            cluster: "c".to_owned(),
            namespace: "n".to_owned(),
            name: "db".to_owned(),
        };
        session.claim(&owner).await.unwrap();
        session.add_run(&RunRecord::default(), &[]).await.unwrap();
        session.prove_lock(journal.epoch).await.unwrap();
        session.watcher().await.unwrap().unwrap().cancel().await.unwrap();
        let declared = |type_: &str, parent: &str| {
            json!({"primaryKey": ["id"], "columns": [
                {"name": "id", "type": "int"}, {"name": "a", "type": type_, "default": "abs(-1) + 1"},
                {"name": parent, "type": "int"}],
                "indexes": [{"columns": ["a", parent]}],
                "foreignKeys": [{"columns": [parent], "references": {"table": "u", "columns": ["id"]}}]})
        };
        for (type_, parent) in [("int", "p"), ("bigint", "q")] {
            fixture.apply(&[table("u", declared(type_, parent))]).await;
        }
        let deleted = json!({"isDeleted": true, "columns": []});
        fixture.apply(&[table("u", deleted)]).await;
        fixture
            .database
            .execute_as_superuser(&format!("DROP USER '{user}'@'%'"))
            .await;
    }
}

#[tokio::test]
async fn a_user_without_one_of_the_stated_rights_is_stopped_or_told() {
    for mut fixture in Fixture::both().await {
        let name = fixture.database.name().to_owned();
        let user = format!("{name}_less");
        let mut rights = vec![format!("CREATE USER '{user}'@'%' IDENTIFIED BY 'p'")];
        rights.extend(statements(&user, &name));
        fixture.database.execute_as_superuser(&rights.join("; ")).await;
        fixture
            .sql("CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT (1 + 2))")
            .await;
        for (right, sql) in [
            ("ALTER", "ALTER TABLE t ADD COLUMN b int"),
            ("INDEX", "CREATE INDEX i ON t (a)"),
            ("DROP", "DROP TABLE t"),
            ("CREATE", "CREATE TABLE u (a int)"),
            (
                "REFERENCES",
                "CREATE TABLE u (a int, CONSTRAINT k FOREIGN KEY (a) REFERENCES t (id))",
            ),
            ("INSERT", "INSERT INTO t (id) VALUES (1)"),
            ("UPDATE", "UPDATE t SET a = 1"),
            ("DELETE", "DELETE FROM t"),
        ] {
            let change = |verb: &str, from: &str| format!("{verb} {right} ON `{name}`.* {from} '{user}'@'%'");
            fixture
                .database
                .execute_as_superuser(&change("REVOKE", "FROM"))
                .await;
            if right == "REFERENCES" && fixture.is_mariadb() {
                // There the right to read the other table is enough.
                continue;
            }
            let mut session = connect(&fixture.database.url_for(&user, "p")).await.unwrap();
            let outcome = session.execute(sql, Timeouts::default(), "using a right").await;
            let error = outcome.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains("denied"), "without {right}: {error}");
            fixture
                .database
                .execute_as_superuser(&change("GRANT", "TO"))
                .await;
        }
        fixture.session = connect(&fixture.database.url_for(&user, "p")).await.unwrap();
        let declared = json!({"primaryKey": ["id"], "columns": [
            {"name": "id", "type": "int"}, {"name": "a", "type": "int", "default": "1 + 2"}]});
        let plan = fixture.plan(&[table("t", declared)], &Policy::allow_all()).await;
        assert!(plan.is_empty());
        fixture
            .database
            .execute_as_superuser(&format!("DROP USER '{user}'@'%'"))
            .await;
    }
}
