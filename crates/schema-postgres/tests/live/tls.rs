//! Encrypted connections: whom they trust, and how they show who they are.

use std::fs;

use schema::engine::{Session, SessionError};
use schema_postgres::Target;
use testkit::{PostgresDatabase, servers};

/// A target over TCP with nothing said of encryption.
fn target(database: &PostgresDatabase) -> String {
    database.url().replace("?sslmode=disable", "")
}

fn ca() -> Vec<u8> {
    fs::read(&servers().database_tls.ca).unwrap()
}

fn with_certificate(target: Target) -> Target {
    let tls = &servers().database_tls;
    let certificate = fs::read(&tls.client_certificate).unwrap();
    target.with_client_certificate(&certificate, &fs::read(&tls.client_key).unwrap())
}

async fn connected(target: &Target) -> Box<dyn Session> {
    schema_postgres::connect(target).await.unwrap()
}

async fn refused(target: &Target) -> String {
    let error = schema_postgres::connect(target).await.err().unwrap();
    assert!(matches!(error, SessionError::Connect { .. }), "{error:?}");
    let text = error.to_string();
    assert!(!text.contains("BEGIN") && !text.contains("PRIVATE"), "{text}");
    text
}

async fn encrypted(database: &PostgresDatabase) -> Vec<String> {
    let query = "SELECT ssl::text FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                  WHERE datname = current_database() AND application_name LIKE 'chancery%'";
    database.texts(query).await
}

#[tokio::test]
async fn an_authority_without_a_mode_means_that_certificate_and_name_are_checked() {
    let database = testkit::postgres().await;
    let target = Target::parse(&target(&database)).unwrap().with_ca(&ca());
    let session = connected(&target).await;
    assert_eq!(encrypted(&database).await, ["true"]);
    // Whoever watches it is as safe.
    let watcher = session.watcher().await.unwrap();
    assert_eq!(encrypted(&database).await, ["true", "true"]);
    drop(watcher);

    let elsewhere = self::target(&database).replace("@127.0.0.1:", "@localhost:");
    let text = refused(&Target::parse(&elsewhere).unwrap().with_ca(&ca())).await;
    assert!(
        text.contains("TLS failed") && text.contains("localhost"),
        "{text}"
    );
}

#[tokio::test]
async fn a_server_of_another_authority_is_refused() {
    let database = testkit::postgres().await;
    let other = servers().kubernetes.ca.as_bytes();
    for mode in [
        "",
        "?sslmode=require",
        "?sslmode=verify-ca",
        "?sslmode=verify-full",
    ] {
        let url = format!("{}{mode}", target(&database));
        let text = refused(&Target::parse(&url).unwrap().with_ca(other)).await;
        assert!(text.contains("TLS failed"), "{mode}: {text}");
    }
}

#[tokio::test]
async fn the_name_is_not_checked_where_the_mode_says_so() {
    let database = testkit::postgres().await;
    let elsewhere = target(&database).replace("@127.0.0.1:", "@localhost:");
    for mode in ["require", "verify-ca"] {
        let url = format!("{elsewhere}?sslmode={mode}");
        connected(&Target::parse(&url).unwrap().with_ca(&ca())).await;
    }
}

#[tokio::test]
async fn what_is_no_certificate_is_told_and_not_shown() {
    let database = testkit::postgres().await;
    let target = Target::parse(&target(&database))
        .unwrap()
        .with_ca(b"-----BEGIN CERTIFICATE-----\nno\n");
    let text = refused(&target).await;
    assert!(text.contains("can't be read"), "{text}");
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_gets_it() {
    let database = testkit::postgres().await;
    database.require_client_certificate().await;
    let plain = Target::parse(&target(&database)).unwrap().with_ca(&ca());
    let text = refused(&plain).await;
    assert!(text.contains("certificate"), "{text}");
    connected(&with_certificate(plain)).await;
}
