//! What has to be so before a database is looked at: TLS, the password, and a server that takes writes.

use std::fs;

use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Map, Value, json};
use testkit::servers;

use super::world::{World, database, message, world};
use crate::process::Controller;

/// The fields of a connection that may be secret, from the Secret `access`.
const SECRET: [&str; 4] = ["password", "ca", "clientCertificate", "clientKey"];

/// Writes the Secret `access`.
async fn access(world: &World, data: &Map<String, Value>) {
    let api: Api<Secret> = world.namespace.api();
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "access" }, "stringData": data,
    });
    let params = PatchParams::apply("test").force();
    api.patch("access", &params, &Patch::Apply(secret)).await.unwrap();
}

/// Returns the Database with an address in fields, the secret ones of which come from the Secret `access`.
fn by_fields(engine: &str, port: u16, name: &str, more: &Value) -> Value {
    let mut connection = json!({
        "host": { "value": "127.0.0.1" }, "port": { "value": port.to_string() },
        "user": { "value": name }, "dbname": { "value": name },
    });
    for field in SECRET {
        connection[field] = json!({ "valueFrom": { "secretKeyRef": { "name": "access", "key": field } } });
    }
    for (field, value) in more.as_object().unwrap() {
        connection[field] = value.clone();
    }
    let mut object = database("", &json!({ "immediateDeploy": true }));
    object["spec"]["connection"] = json!({ engine: connection });
    object
}

/// Returns what the Secret holds for a server that asks for a certificate.
fn credentials(password: &str) -> Map<String, Value> {
    let tls = &servers().database_tls;
    let read = |path| json!(fs::read_to_string(path).unwrap());
    let all = [
        ("password", json!(password)),
        ("ca", read(&tls.ca)),
        ("clientCertificate", read(&tls.client_certificate)),
        ("clientKey", read(&tls.client_key)),
    ];
    all.map(|(field, value)| (field.to_owned(), value))
        .into_iter()
        .collect()
}

/// Fails when the log, an event or the status has the password or a line of the key.
async fn is_silent(world: &World, controller: &Controller, told: &str, secrets: &Map<String, Value>) {
    let events: Api<k8s_openapi::api::events::v1::Event> = world.namespace.api();
    let events = events.list(&kube::api::ListParams::default()).await.unwrap();
    let said = format!("{}{told}{}", controller.text(), json!(events.items));
    let lines = SECRET.iter().filter_map(|field| secrets.get(*field)?.as_str());
    for line in lines
        .flat_map(str::lines)
        .filter(|line| !line.starts_with("-----"))
    {
        assert!(!said.contains(line), "{line} is in {said}");
        let written = json!(line).to_string();
        assert!(!said.contains(written.trim_matches('"')), "{line} is in {said}");
    }
}

#[tokio::test]
async fn postgres_is_proven_by_its_authority_and_shown_a_certificate() {
    let world = world("tls").await;
    let controller = world.controller(&[]).await;
    let name = world.postgres.name();
    // Every printable character, in both worlds of quotes.
    let password: String = (' '..='~').collect();
    let quoted = password.replace('\'', "''");
    world
        .postgres
        .execute_as_superuser(&format!(
            "SET standard_conforming_strings = on; ALTER ROLE \"{name}\" PASSWORD '{quoted}'"
        ))
        .await;
    world.postgres.require_client_certificate().await;
    let port = servers().postgres.port;
    let verified = json!({ "sslmode": { "value": "verify-full" } });
    let object = by_fields("postgres", port, name, &verified);

    let mut secrets = credentials(&password);
    secrets.insert("ca".to_owned(), json!(servers().kubernetes.ca));
    access(&world, &secrets).await;
    world.apply(object.clone()).await;
    world.declare_table("users", &[]).await;
    let refused = world.database("Unreachable").await;
    assert!(message(&refused).contains("TLS failed"), "{}", message(&refused));
    let status = refused.status.clone().unwrap();
    assert_eq!(status.is_connected, Some(false));
    is_silent(&world, &controller, &json!(status).to_string(), &secrets).await;

    let secrets = credentials(&password);
    access(&world, &secrets).await;
    // The key is missing: a change of what is declared, and of what is said.
    let mut half = object.clone();
    half["spec"]["connection"]["postgres"]
        .as_object_mut()
        .unwrap()
        .remove("clientKey");
    world.apply(half).await;
    let invalid = world.database("InvalidConnection").await;
    assert!(message(&invalid).contains("clientKey"), "{}", message(&invalid));

    world.apply(object).await;
    let ready = world.database("Synced").await;
    let status = json!(ready.status).to_string();
    is_silent(&world, &controller, &status, &secrets).await;
}

#[tokio::test]
async fn mariadb_is_proven_by_its_authority_and_shown_a_certificate() {
    let world = world("tls-mariadb").await;
    let controller = world.controller(&[]).await;
    let mariadb = testkit::mariadb().await;
    let password: String = (' '..='~').collect();
    let quoted = password.replace('\\', "\\\\").replace('\'', "''");
    mariadb
        .execute_as_superuser(&format!(
            "ALTER USER '{}'@'%' IDENTIFIED BY '{quoted}'",
            mariadb.name()
        ))
        .await;
    mariadb.require_client_certificate().await;
    let verified = json!({ "sslmode": { "value": "VERIFY_IDENTITY" } });
    let object = by_fields("mysql", servers().mariadb.port, mariadb.name(), &verified);
    let mut secrets = credentials(&password);
    secrets.insert("ca".to_owned(), json!(servers().kubernetes.ca));
    access(&world, &secrets).await;
    world.apply(object).await;
    let refused = world.database("Unreachable").await;
    assert!(
        message(&refused).contains("peer certificate"),
        "{}",
        message(&refused)
    );
    let told = json!(refused.status).to_string();
    is_silent(&world, &controller, &told, &secrets).await;
    let secrets = credentials(&password);
    access(&world, &secrets).await;
    let ready = world.database("Synced").await;
    let status = json!(ready.status).to_string();
    is_silent(&world, &controller, &status, &secrets).await;
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_stalled_and_nothing_is_made_in_it() {
    let world = world("read-only").await;
    let role = world.postgres.name();
    let writes = async |mode: &str| {
        let sql = format!("ALTER ROLE \"{role}\" SET default_transaction_read_only = {mode}");
        world.postgres.execute_as_superuser(&sql).await;
    };
    writes("on").await;
    let _controller = world.controller(&["--recheck-interval=1s"]).await;
    world.declare_database(json!({ "immediateDeploy": true })).await;
    world.declare_table("users", &[]).await;
    let stalled = world.database("WrongServer").await;
    let status = stalled.status.as_ref().unwrap();
    assert!(
        status
            .conditions
            .iter()
            .any(|one| one.type_ == "Stalled" && one.reason == "WrongServer"),
        "{status:?}"
    );
    assert!(message(&stalled).contains("read-only"), "{}", message(&stalled));
    let made = "SELECT nspname::text FROM pg_namespace WHERE nspname = '_chancery' \
                UNION ALL SELECT relname::text FROM pg_class WHERE relname LIKE '\\_chancery%'";
    assert_eq!(world.postgres.texts(made).await, Vec::<String>::new());
    assert!(world.migrations().await.is_empty());
    writes("off").await;
    world.database("Synced").await;
    assert_eq!(world.postgres.texts(made).await[0], "_chancery");
}
