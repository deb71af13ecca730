//! Connections that manifests declare, to real servers.

use std::collections::BTreeMap;
use std::fs;

use migrate::DatabaseUrl;
use testkit::{PostgresDatabase, servers};
use zeroize::Zeroizing;

type Fields = BTreeMap<&'static str, Zeroizing<String>>;

/// The fields of a connection to a database as this role.
fn fields(database: &PostgresDatabase, role: &str, password: &str) -> Fields {
    let server = &servers().postgres;
    let pairs = [
        ("host", server.host.clone()),
        ("port", server.port.to_string()),
        ("user", role.to_owned()),
        ("password", password.to_owned()),
        ("dbname", database.name().to_owned()),
    ];
    pairs.map(|(name, value)| (name, Zeroizing::new(value))).into()
}

async fn connect(fields: &Fields) -> Result<(), String> {
    let url = DatabaseUrl::from_fields("postgres", fields).map_err(|error| error.to_string())?;
    let (_, session) = migrate::connect(&url).await.map_err(|error| error.to_string())?;
    session.close().await.map_err(|error| error.to_string())
}

async fn set_password(database: &PostgresDatabase, password: &str) {
    let quoted = password.replace('\'', "''");
    let sql = format!(
        "SET standard_conforming_strings = on; ALTER ROLE \"{}\" PASSWORD '{quoted}'",
        database.name()
    );
    database.execute_as_superuser(&sql).await;
}

#[tokio::test]
async fn a_password_may_hold_every_printable_character_and_more() {
    let database = testkit::postgres().await;
    let printable: String = (' '..='~').collect();
    for password in [
        printable.as_str(),
        "schlüssel",
        "密码",
        "100%",
        "%41",
        "a b ",
        "${x}",
        "\\n",
    ] {
        set_password(&database, password).await;
        connect(&fields(&database, database.name(), password))
            .await
            .unwrap_or_else(|error| panic!("{password:?}: {error}"));
    }
}

#[tokio::test]
async fn a_password_that_the_driver_cannot_send_is_told_and_not_shown() {
    let database = testkit::postgres().await;
    set_password(&database, "key 🔑").await;
    let error = connect(&fields(&database, database.name(), "key 🔑"))
        .await
        .expect_err("the driver refuses it");
    assert!(error.contains("Unicode 3.2") && !error.contains('🔑'), "{error}");
}

#[tokio::test]
async fn a_password_that_was_rotated_holds_for_the_next_connection() {
    let database = testkit::postgres().await;
    set_password(&database, "old").await;
    let old = fields(&database, database.name(), "old");
    let url = DatabaseUrl::from_fields("postgres", &old).expect("an address");
    let (_, mut session) = migrate::connect(&url).await.expect("it connects");
    set_password(&database, "new").await;
    session
        .journal()
        .await
        .expect("the session that is there goes on");
    let error = connect(&old).await.expect_err("the password is another");
    assert!(error.contains("is wrong") && !error.contains("old"), "{error}");
    connect(&fields(&database, database.name(), "new"))
        .await
        .expect("the new one holds");
}

#[tokio::test]
async fn an_authority_in_the_manifest_is_checked_and_a_client_certificate_shown() {
    let database = testkit::postgres().await;
    database.require_client_certificate().await;
    set_password(&database, "p").await;
    let tls = &servers().database_tls;
    let read = |path| Zeroizing::new(fs::read_to_string(path).expect("a file of the testkit"));
    let mut declared = fields(&database, database.name(), "p");
    declared.insert("ca", read(&tls.ca));
    let error = connect(&declared)
        .await
        .expect_err("the server asks for a certificate");
    assert!(error.contains("certificate"), "{error}");
    declared.insert("clientCertificate", read(&tls.client_certificate));
    declared.insert("clientKey", read(&tls.client_key));
    connect(&declared).await.expect("it is shown one");
    declared.insert("host", Zeroizing::new("localhost".to_owned()));
    let error = connect(&declared)
        .await
        .expect_err("the certificate is for another name");
    assert!(error.contains("TLS failed"), "{error}");
    declared.insert("sslmode", Zeroizing::new("require".to_owned()));
    connect(&declared)
        .await
        .expect("the name is not checked in this mode");
    declared.insert("ca", Zeroizing::new(servers().kubernetes.ca.clone()));
    let error = connect(&declared).await.expect_err("it is another authority");
    assert!(error.contains("TLS failed"), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up_in_the_time_that_is_declared() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("its address").port();
    let fields: Fields = [
        ("host", "127.0.0.1".to_owned()),
        ("port", port.to_string()),
        ("connectTimeout", "1".to_owned()),
    ]
    .map(|(name, value)| (name, Zeroizing::new(value)))
    .into();
    let begun = std::time::Instant::now();
    let error = connect(&fields).await.expect_err("nobody answers");
    assert!(error.contains("no answer within 1 s"), "{error}");
    assert!(begun.elapsed().as_secs() < 5);
}
