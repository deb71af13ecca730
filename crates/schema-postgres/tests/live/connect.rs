//! Connections: what they pin, and what they say when there is none.

use schema::engine::SessionError;
use schema::ir::TableName;
use serde_json::json;

use crate::driver::{Fixture, connect, table};

async fn refused(url: &str) -> String {
    let error = connect(url).await.err().unwrap();
    assert!(matches!(error, SessionError::Connect { .. }), "{error:?}");
    let text = format!("{error} {error:?}");
    assert!(!text.contains("canary"), "{text}");
    text
}

#[tokio::test]
async fn each_refusal_says_what_to_look_at_and_never_the_password() {
    let database = testkit::postgres().await;
    let name = database.name().to_owned();
    let text = refused(&database.url_for(&name, "canary")).await;
    assert!(
        text.contains(&format!("the password of role `{name}` is wrong")),
        "{text}"
    );
    let port = testkit::free_port();
    let text = refused(&format!(
        "postgres://u:canary@127.0.0.1:{port}/d?connect_timeout=5"
    ))
    .await;
    assert!(text.contains(&format!("127.0.0.1:{port}")), "{text}");
    let elsewhere = database.url().replace(&format!("/{name}?"), "/no_such_database?");
    assert!(
        refused(&elsewhere)
            .await
            .contains("there is no database `no_such_database`")
    );
    let text = refused(&format!("{}&schema=nowhere", database.url())).await;
    assert!(text.contains("there is no schema `nowhere`"), "{text}");
}

#[tokio::test]
async fn any_password_works_percent_encoded() {
    let fixture = Fixture::new().await;
    let role = format!("{}_odd", fixture.database.name());
    let mut superuser = connect(&fixture.database.superuser_url()).await.unwrap();
    let timeouts = schema::engine::Timeouts::default();
    let create = format!("CREATE ROLE \"{role}\" LOGIN PASSWORD 'p@ss/w:rd?#%&= ü''\"\\'");
    superuser
        .execute(&create, timeouts, "making a role")
        .await
        .unwrap();
    let url = fixture
        .database
        .url_for(&role, "p%40ss%2Fw%3Ard%3F%23%25%26%3D%20%C3%BC%27%22%5C");
    let outcome = connect(&url).await.map(|session| session.facts().version[0]);
    superuser
        .execute(&format!("DROP ROLE \"{role}\""), timeouts, "dropping a role")
        .await
        .unwrap();
    assert!(outcome.unwrap() >= 12);
}

#[tokio::test]
async fn the_schema_of_the_connection_is_where_tables_are_made() {
    let fixture = Fixture::new().await;
    fixture.sql("CREATE SCHEMA \"My App\"").await;
    let url = format!("{}&schema=My%20App", fixture.database.url());
    let mut inside = Fixture {
        session: connect(&url).await.unwrap(),
        ..fixture
    };
    assert_eq!(inside.session.facts().default_schema.as_deref(), Some("My App"));
    inside
        .apply(&[table(
            "t",
            json!({"columns": [{"name": "a", "type": "int", "default": "1 + 1"}]}),
        )])
        .await;
    let name = TableName::new("My App", "t");
    assert!(
        inside
            .session
            .inspect(std::slice::from_ref(&name))
            .await
            .unwrap()
            .table(&name)
            .is_some()
    );
}

#[tokio::test]
async fn settings_of_the_role_do_not_change_what_is_read() {
    let mut fixture = Fixture::new().await;
    let declared = [table(
        "t",
        json!({"columns": [
        {"name": "a", "type": "timestamptz", "default": "2026-01-02 03:04:05+00"},
        {"name": "b", "type": "interval", "default": "1 day 2 hours"}]}),
    )];
    fixture.apply(&declared).await;
    fixture
        .sql("ALTER ROLE CURRENT_USER SET TimeZone = 'Asia/Tokyo'; ALTER ROLE CURRENT_USER SET DateStyle = 'German';
              ALTER ROLE CURRENT_USER SET IntervalStyle = 'iso_8601'; ALTER ROLE CURRENT_USER SET quote_all_identifiers = on")
        .await;
    let session = connect(&fixture.database.url()).await.unwrap();
    let mut again = Fixture { session, ..fixture };
    assert!(
        again
            .plan(&declared, &schema::plan::Policy::default())
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_second_statement_in_one_message_never_runs() {
    let mut fixture = Fixture::new().await;
    let timeouts = schema::engine::Timeouts::default();
    let error = fixture
        .session
        .execute("SELECT 1; CREATE TABLE smuggled (a int)", timeouts, "trying")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("multiple commands"), "{error}");
    assert!(fixture.inspect("smuggled").await.is_none());
}
