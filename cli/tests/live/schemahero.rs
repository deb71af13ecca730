//! SchemaHero's tutorial on a real Postgres, its Database among the manifests.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use k8s_openapi::api::core::v1::Secret;
use kube::api::PostParams;
use schema::engine::Timeouts;
use testkit::case::testdata;

use crate::program::{Run, chancery};

/// The tutorial's manifests in a folder, with another connection.
fn tutorial(folder: &Path, connection: &str) {
    let samples = testdata().join("samples/schemahero-tutorial");
    for file in ["airlinedb", "airport-table", "reservation-table", "schedule"] {
        let text = fs::read_to_string(samples.join(format!("{file}.yaml"))).unwrap();
        let (head, tail) = text.split_once("      uri:\n").unwrap_or((&text, ""));
        let text = if tail.is_empty() {
            text.clone()
        } else {
            format!("{head}      uri: {connection}\n")
        };
        fs::create_dir_all(folder.join("schema")).unwrap();
        fs::write(folder.join(format!("schema/{file}.yaml")), text).unwrap();
    }
}

fn widen(folder: &Path) {
    let path = folder.join("schema/airport-table.yaml");
    let text = fs::read_to_string(&path)
        .unwrap()
        .replace("varchar(255)", "varchar(300)");
    fs::write(
        path,
        format!(
            "{}\n        - name: city\n          type: varchar(40)\n",
            text.trim_end()
        ),
    )
    .unwrap();
}

fn run(folder: &Path, command: &str, arguments: &[&str]) -> Run {
    chancery(folder, &[&[command, "-f", "schema"], arguments].concat(), "")
}

#[tokio::test]
async fn the_tutorial_is_planned_applied_changed_and_applied_again() {
    let database = testkit::postgres().await;
    let folder = tempfile::tempdir().unwrap();
    tutorial(folder.path(), &format!("{{value: '{}'}}", database.url()));
    let plan = run(folder.path(), "plan", &[]).succeeded();
    assert!(
        plan.stdout
            .starts_with("Database schemahero-tutorial/airlinedb: postgres "),
        "{}",
        plan.stdout
    );
    assert!(
        plan.stdout.contains("Plan: 3 steps to run, 0 held."),
        "{}",
        plan.stdout
    );
    run(folder.path(), "apply", &["--yes"]).succeeded();
    run(folder.path(), "plan", &["--exit-code"]).succeeded();
    widen(folder.path());
    assert_eq!(run(folder.path(), "plan", &["--exit-code"]).code, Some(3));
    run(folder.path(), "apply", &["--yes"]).succeeded();
    let plan = run(folder.path(), "plan", &["--exit-code"]).succeeded();
    assert!(plan.stdout.contains("Nothing to do"), "{}", plan.stdout);
}

#[tokio::test]
async fn a_secret_of_the_cluster_gives_the_connection() {
    let database = testkit::postgres().await;
    let cluster = testkit::cluster().await;
    let namespace = cluster.namespace("plan").await;
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = cluster.kubeconfig(folder.path()).display().to_string();
    tutorial(folder.path(), "{valueFrom: {secretKeyRef: {name: db, key: uri}}}");
    for file in fs::read_dir(folder.path().join("schema")).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(
            path,
            text.replace(
                "namespace: schemahero-tutorial",
                &format!("namespace: {}", namespace.name()),
            ),
        )
        .unwrap();
    }
    let plan = run(folder.path(), "plan", &["--kubeconfig", &kubeconfig]);
    assert_eq!(plan.code, Some(1));
    assert!(
        plan.stderr.contains(&format!(
            "there is no Secret `{}/db` in the cluster",
            namespace.name()
        )),
        "{}",
        plan.stderr
    );
    let mut secret = Secret {
        string_data: Some([("uri".to_owned(), database.url())].into()),
        ..Secret::default()
    };
    secret.metadata.name = Some("db".to_owned());
    namespace
        .api::<Secret>()
        .create(&PostParams::default(), &secret)
        .await
        .unwrap();
    let plan = run(folder.path(), "plan", &["--kubeconfig", &kubeconfig]).succeeded();
    assert!(
        plan.stdout.contains("Plan: 3 steps to run, 0 held."),
        "{}",
        plan.stdout
    );
}

#[tokio::test]
async fn an_interrupted_apply_stops_says_where_and_leaves_the_rest() {
    let database = testkit::postgres().await;
    let folder = tempfile::tempdir().unwrap();
    tutorial(folder.path(), &format!("{{value: '{}'}}", database.url()));
    run(folder.path(), "apply", &["--yes"]).succeeded();
    widen(folder.path());
    let url = migrate::DatabaseUrl::parse(&database.url()).unwrap();
    let (_, mut reader) = migrate::connect(&url).await.unwrap();
    reader.begin().await.unwrap();
    reader
        .execute(
            "LOCK TABLE airport IN ACCESS SHARE MODE",
            Timeouts::default(),
            "reading",
        )
        .await
        .unwrap();
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("chancery"))
        .args(["apply", "-f", "schema", "--yes"])
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Lines come until the program ends, so that this can't wait for ever: it gives up after a minute by itself.
    let mut lines = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let waiting = lines.find(|line| line.contains("waiting: ")).unwrap();
    assert!(waiting.contains("holds"), "{waiting}");
    Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    let rest: Vec<String> = lines.collect();
    let rest = rest.join("\n");
    assert_eq!(child.wait().unwrap().code(), Some(1), "{rest}");
    assert!(rest.contains("step 1 of 2 on "), "{rest}");
    assert!(rest.contains("it was asked to stop"), "{rest}");
    reader.rollback().await.unwrap();
    testkit::eventually_within(Duration::from_secs(30), "the rest is applied", async || {
        run(folder.path(), "apply", &["--yes"]).code == Some(0)
    })
    .await;
}
