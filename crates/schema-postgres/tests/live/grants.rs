//! The least rights: with them a role plans, applies, changes and drops, and without each of them it is told so.

use std::time::Duration;

use schema::declared::TableSpec;
use schema::engine::{Engine as _, GrantRequest};
use schema::plan::Policy;
use schema_postgres::ENGINE;
use serde_json::json;
use testkit::PostgresDatabase;

use crate::driver::{Fixture, connect, table};

/// A database of which nobody but its owner has any right, and the URL of a role with those that [`ENGINE`] states. The
/// role stays: it owns nothing once the database is dropped, and the server ends with the run.
struct Granted {
    database: PostgresDatabase,
    role: String,
    url: String,
}

impl Granted {
    async fn new() -> Self {
        let database = testkit::postgres().await;
        let name = database.name().to_owned();
        let role = format!("{name} role");
        let revokes = format!(
            "CREATE ROLE \"{role}\" LOGIN PASSWORD 'p'; REVOKE ALL ON DATABASE \"{name}\" FROM PUBLIC; \
             REVOKE ALL ON SCHEMA public FROM PUBLIC"
        );
        database.execute_as_superuser(&revokes).await;
        let url = database.url_for(&role.replace(' ', "%20"), "p");
        let granted = Self { database, role, url };
        for statement in granted.statements() {
            granted.database.execute_as_superuser(&statement).await;
        }
        granted
    }

    fn statements(&self) -> Vec<String> {
        let request = GrantRequest {
            role: &self.role,
            host: None,
            database: self.database.name(),
            schema: None,
        };
        ENGINE.grants(&request).unwrap()
    }

    async fn without(&self, revoked: &str) {
        let sql = format!("REVOKE {revoked} FROM \"{}\"", self.role);
        self.database.execute_as_superuser(&sql).await;
    }

    /// Plans and applies as the role.
    async fn fixture(self) -> Fixture {
        let session = connect(&self.url).await.unwrap();
        Fixture {
            database: self.database,
            session,
        }
    }
}

fn book(columns: serde_json::Value) -> Vec<TableSpec> {
    vec![table("book", json!({"primaryKey": ["id"], "columns": columns}))]
}

#[tokio::test]
async fn a_role_with_these_rights_makes_changes_and_drops_tables_and_has_its_journal() {
    let mut fixture = Granted::new().await.fixture().await;
    fixture.session.lock(Duration::ZERO).await.unwrap();
    fixture.session.open_journal().await.unwrap();
    fixture
        .sql("SELECT FROM pg_namespace WHERE nspname = '_chancery'")
        .await;
    fixture.apply(&book(json!([{"name": "id", "type": "int"}]))).await;
    let more = json!([{"name": "id", "type": "int"}, {"name": "n", "type": "int", "default": "1 + 1"}]);
    fixture.apply(&book(more)).await;
    // It is compared with a temporary table.
    let same = json!([{"name": "id", "type": "int"}, {"name": "n", "type": "int", "default": "(2-1) + 1"}]);
    fixture.plan(&book(same), &Policy::allow_all()).await;
    let gone = json!({"isDeleted": true, "columns": [{"name": "id", "type": "int"}]});
    fixture.apply(&[table("book", gone)]).await;
    fixture.session.close().await.unwrap();
}

#[tokio::test]
async fn without_the_right_to_connect_it_is_told_so() {
    let granted = Granted::new().await;
    let name = granted.database.name().to_owned();
    granted.without(&format!("CONNECT ON DATABASE \"{name}\"")).await;
    let error = connect(&granted.url).await.err().unwrap().to_string();
    assert!(error.contains("permission denied for database"), "{error}");
}

#[tokio::test]
async fn without_the_right_to_use_the_schema_it_is_told_so() {
    let granted = Granted::new().await;
    granted.without("USAGE ON SCHEMA public").await;
    let mut fixture = granted.fixture().await;
    let problem = fixture
        .try_plan(&book(json!([{"name": "id", "type": "int"}])), &Policy::default())
        .await
        .unwrap_err();
    assert!(problem[0].problem.contains("schema"), "{problem:?}");
}

#[tokio::test]
async fn without_the_right_to_create_in_the_schema_it_is_told_so() {
    let granted = Granted::new().await;
    granted.without("CREATE ON SCHEMA public").await;
    let mut fixture = granted.fixture().await;
    let plan = fixture
        .plan(&book(json!([{"name": "id", "type": "int"}])), &Policy::default())
        .await;
    let error = fixture.run(&plan.steps[0]).await.unwrap_err().to_string();
    assert!(error.contains("permission denied for schema public"), "{error}");
}

#[tokio::test]
async fn without_the_right_to_temporary_tables_what_is_compared_with_them_is_told() {
    let granted = Granted::new().await;
    let name = granted.database.name().to_owned();
    granted
        .without(&format!("TEMPORARY ON DATABASE \"{name}\""))
        .await;
    let create = "CREATE TABLE public.book (id int PRIMARY KEY, n int DEFAULT 1 + 1)";
    granted.database.execute(create).await;
    let mut fixture = granted.fixture().await;
    let other = book(
        json!([{"name": "id", "type": "int"}, {"name": "n", "type": "int", "default": "(random() * 10)::int"}]),
    );
    let plan = fixture.plan(&other, &Policy::default()).await;
    assert!(plan.steps.is_empty());
    let [unproven] = plan.unproven.as_slice() else {
        panic!("{:?}", plan.unproven)
    };
    assert!(
        unproven.reason.contains("grant TEMPORARY on the database"),
        "{unproven:?}"
    );
}

#[tokio::test]
async fn a_table_of_someone_else_is_altered_once_its_owner_is_granted() {
    let granted = Granted::new().await;
    let owner = granted.database.name().to_owned();
    granted
        .database
        .execute("CREATE TABLE public.book (id int PRIMARY KEY)")
        .await;
    let (role, superuser) = (granted.role.clone(), granted.database.superuser_url());
    let mut fixture = granted.fixture().await;
    let more = book(json!([{"name": "id", "type": "int"}, {"name": "n", "type": "int"}]));
    let plan = fixture.plan(&more, &Policy::allow_all()).await;
    let error = fixture.run(&plan.steps[0]).await.unwrap_err().to_string();
    assert!(error.contains("must be owner of table book"), "{error}");
    let grant = format!("GRANT \"{owner}\" TO \"{role}\"");
    let mut superuser = connect(&superuser).await.unwrap();
    superuser
        .execute(&grant, schema::engine::Timeouts::default(), "granting")
        .await
        .unwrap();
    fixture.apply(&more).await;
}
