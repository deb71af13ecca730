//! Keys are rotated over a cluster whose SealedSecrets live in Git, and a cluster is made anew from a backup: every Secret
//! keeps its content.

use std::collections::BTreeMap;
use std::fs;

use api::sealed_secret::SealedSecret;
use futures::StreamExt as _;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use manifests::{documents, yaml};
use serde_json::Value;
use testkit::{Cluster, TestNamespace, eventually, eventually_within, proxy};

use crate::chancery::Shell;
use crate::cluster::{cluster, data, sealed, secret};
use crate::process::Controller;

/// SealedSecrets, and how many of them stand in a file.
const OBJECTS: usize = 500;
const PER_FILE: usize = 10;

/// For a controller that has all of them to do.
const ALL_DONE: std::time::Duration = std::time::Duration::from_mins(3);

type Items = BTreeMap<String, ByteString>;

fn name(number: usize) -> String {
    format!("app-{number:03}")
}

fn items(number: usize) -> Items {
    let (password, user) = (format!("password of {number}\n"), format!("user {number}"));
    data(&[("password", &password), ("user", &user), ("empty", "")])
}

/// Writes the files of a repository, each with some SealedSecrets between comments.
async fn repository(shell: &Shell, namespace: &TestNamespace, certificate: &str, count: usize) {
    let folder = shell.path("repository");
    fs::create_dir_all(&folder).unwrap();
    for (file, numbers) in (0..count).collect::<Vec<_>>().chunks(PER_FILE).enumerate() {
        let mut text = String::from("# Sealed; the team's own words.\n");
        for number in numbers {
            let mut plain = secret(namespace, &name(*number), &[]);
            plain.data = Some(items(*number));
            text.push_str("---\n");
            text.push_str(&yaml::to_string(&sealed(&plain, certificate)).unwrap());
            text.push_str("# end of it\n");
        }
        fs::write(folder.join(format!("{file:02}.yaml")), text).unwrap();
    }
    shell.git("repository", &["init", "--quiet"]).await;
    shell.git("repository", &["add", "."]).await;
    shell
        .git("repository", &["commit", "--quiet", "-m", "sealed"])
        .await;
}

/// Applies every file, as a GitOps tool does.
async fn apply_all(shell: &Shell, namespace: &TestNamespace) {
    let api: Api<SealedSecret> = namespace.api();
    let mut objects = Vec::new();
    for entry in fs::read_dir(shell.path("repository")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            let text = fs::read(&path).unwrap();
            let read = documents::read(&path.display().to_string(), &text).unwrap();
            objects.extend(read.into_iter().map(|document| document.value));
        }
    }
    futures::stream::iter(&objects)
        .map(|object: &Value| {
            let api = api.clone();
            async move {
                let name = object["metadata"]["name"].as_str().unwrap();
                let params = PatchParams::apply("gitops").force();
                api.patch(name, &params, &Patch::Apply(object)).await.unwrap();
            }
        })
        .buffer_unordered(16)
        .collect::<()>()
        .await;
}

/// Waits until every Secret has its content.
async fn all_have_their_content(namespace: &TestNamespace, count: usize) {
    let api: Api<Secret> = namespace.api();
    eventually_within(ALL_DONE, "every Secret has its content", async || {
        let mut live: BTreeMap<String, Items> = BTreeMap::new();
        let listed = api
            .list(&ListParams::default())
            .await
            .map_err(|error| error.to_string())?;
        for secret in listed.items {
            live.insert(
                secret.metadata.name.unwrap_or_default(),
                secret.data.unwrap_or_default(),
            );
        }
        let wrong: Vec<String> = (0..count)
            .filter(|number| live.get(&name(*number)) != Some(&items(*number)))
            .map(name)
            .collect();
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(format!(
                "{} are not as they were: {:?}",
                wrong.len(),
                &wrong[..wrong.len().min(5)]
            ))
        }
    })
    .await;
}

/// Waits until each status says that all items were opened with this key.
async fn all_need(namespace: &TestNamespace, fingerprint: &str) {
    let api: Api<SealedSecret> = namespace.api();
    eventually_within(ALL_DONE, "every object was opened with the key", async || {
        let listed = api
            .list(&ListParams::default())
            .await
            .map_err(|error| error.to_string())?;
        let others = listed.items.iter().filter(|sealed| {
            let status = sealed.status.clone().unwrap_or_default();
            let current = status.observed_generation == sealed.metadata.generation;
            let keys = status.unsealed.map(|unsealed| unsealed.keys).unwrap_or_default();
            !current || keys != [fingerprint]
        });
        match others.count() {
            0 => Ok(()),
            left => Err(format!("{left} are left")),
        }
    })
    .await;
}

/// Returns the keys as `keys list` tells of them, newest first.
async fn keys(shell: &Shell) -> Vec<Value> {
    let run = shell.run(&["keys", "list", "-o", "json"]).await.succeeded();
    let listed: Value = serde_json::from_str(&run.stdout).unwrap();
    listed.as_array().unwrap().clone()
}

async fn delete_secrets(namespace: &TestNamespace, wanted: impl Fn(&Secret) -> bool) {
    let api: Api<Secret> = namespace.api();
    for secret in api.list(&ListParams::default()).await.unwrap().items {
        if wanted(&secret) {
            let name = secret.metadata.name.unwrap();
            api.delete(&name, &DeleteParams::default()).await.unwrap();
        }
    }
}

fn is_key(secret: &Secret) -> bool {
    let labels = secret.metadata.labels.as_ref();
    labels.is_some_and(|labels| labels.contains_key(api::names::SEALING_KEY_LABEL))
}

/// A controller that the API server's proxy can reach.
async fn started(cluster: &Cluster, namespace: &TestNamespace) -> Controller {
    let listen = format!("--listen-addr={}:0", proxy::pod_address());
    Controller::ready_with(cluster, namespace, &[&listen]).await
}

#[tokio::test]
async fn five_hundred_sealed_secrets_in_git_outlive_their_key() {
    let (cluster, namespace) = cluster("rotation").await;
    let shell = Shell::new(&cluster, &namespace);
    let controller = started(&cluster, &namespace).await;
    Shell::expose(&cluster, &namespace, &controller).await;
    repository(&shell, &namespace, &controller.certificate().await, OBJECTS).await;
    apply_all(&shell, &namespace).await;
    all_have_their_content(&namespace, OBJECTS).await;
    let old = keys(&shell).await[0]["fingerprint"].as_str().unwrap().to_owned();
    all_need(&namespace, &old).await;

    eventually("the controller answers through the API server", async || {
        let run = shell.run(&["keys", "rotate"]).await;
        if run.code == Some(0) {
            Ok(())
        } else {
            Err(run.stderr)
        }
    })
    .await;
    let listed = keys(&shell).await;
    let new = listed[0]["fingerprint"].as_str().unwrap().to_owned();
    assert_ne!(new, old);
    let of_old = listed
        .iter()
        .find(|key| key["fingerprint"] == old.as_str())
        .unwrap();
    assert_eq!(
        (&of_old["objects"], &of_old["items"]),
        (&OBJECTS.into(), &(3 * OBJECTS).into())
    );
    shell
        .run(&["keys", "retire", &old])
        .await
        .failed(1, "chancery reseal");

    shell.run(&["reseal", "repository"]).await.succeeded();
    // Nothing but ciphertext differs: as many lines went as came, three an object.
    let changed = shell.git("repository", &["diff", "--shortstat"]).await;
    let lines = 3 * OBJECTS;
    assert!(
        changed.contains(&format!("{lines} insertions(+), {lines} deletions(-)")),
        "{changed}"
    );
    shell.run(&["reseal", "repository", "--check"]).await.succeeded();
    apply_all(&shell, &namespace).await;
    all_need(&namespace, &new).await;

    shell.run(&["keys", "retire", &old]).await.succeeded();
    let newest: Vec<String> = keys(&shell)
        .await
        .iter()
        .filter(|key| key["state"] == "active")
        .map(|key| key["fingerprint"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(newest, [new]);
    controller.terminate().await;
    // The old key is gone for good, its archive too, and so are the Secrets: what comes back was opened by the new one.
    delete_secrets(&namespace, |secret| {
        let active = secret
            .metadata
            .labels
            .as_ref()
            .and_then(|labels| labels.get(api::names::SEALING_KEY_LABEL))
            .is_some_and(|label| label == api::names::SEALING_KEY_ACTIVE);
        is_key(secret) && !active
    })
    .await;
    let again = started(&cluster, &namespace).await;
    all_have_their_content(&namespace, OBJECTS).await;
    delete_secrets(&namespace, |secret| !is_key(secret)).await;
    all_have_their_content(&namespace, OBJECTS).await;
    again.terminate().await;
}

#[tokio::test]
async fn an_empty_cluster_opens_everything_from_a_backup() {
    const COUNT: usize = 20;
    let (cluster, namespace) = cluster("backup").await;
    let shell = Shell::new(&cluster, &namespace);
    let controller = started(&cluster, &namespace).await;
    Shell::expose(&cluster, &namespace, &controller).await;
    repository(&shell, &namespace, &controller.certificate().await, COUNT).await;
    apply_all(&shell, &namespace).await;
    all_have_their_content(&namespace, COUNT).await;
    fs::write(shell.path("pass"), "correct horse battery staple\n").unwrap();
    let in_here = format!("--namespace={}", namespace.name());
    let backup = [
        "keys",
        "backup",
        "-w",
        "keys.age",
        "--passphrase-file=pass",
        &in_here,
    ];
    let run = shell.run(&backup).await.succeeded();
    assert!(
        run.stderr.contains(&format!("opens {} items", 3 * COUNT)),
        "{}",
        run.stderr
    );
    controller.terminate().await;

    // Another cluster: the manifests and the backup are all there is.
    delete_secrets(&namespace, |_| true).await;
    let sealed: Api<SealedSecret> = namespace.api();
    for object in sealed.list(&ListParams::default()).await.unwrap().items {
        let name = object.metadata.name.unwrap();
        sealed.delete(&name, &DeleteParams::default()).await.unwrap();
    }
    // Its controller was first, with a key of its own, which opens nothing of the old.
    let controller = started(&cluster, &namespace).await;
    apply_all(&shell, &namespace).await;
    let restore = ["keys", "restore", "keys.age", "--passphrase-file=pass", &in_here];
    let drill = [restore.as_slice(), &["--dry-run"]].concat();
    let run = shell.run(&drill).await.succeeded();
    assert!(run.stdout.contains("would be created"), "{}", run.stdout);
    assert!(
        run.stderr.contains(&format!("opens {} items", 3 * COUNT)),
        "{}",
        run.stderr
    );
    let run = shell.run(&restore).await.succeeded();
    assert!(run.stdout.contains("created"), "{}", run.stdout);
    all_have_their_content(&namespace, COUNT).await;
    let run = shell.run(&restore).await.succeeded();
    assert!(run.stdout.contains("is there"), "{}", run.stdout);
    controller.terminate().await;
}

#[tokio::test]
async fn a_backup_that_lacks_a_key_that_something_needs_says_so() {
    let (cluster, namespace) = cluster("lost").await;
    let shell = Shell::new(&cluster, &namespace);
    let controller = started(&cluster, &namespace).await;
    repository(&shell, &namespace, &controller.certificate().await, 3).await;
    apply_all(&shell, &namespace).await;
    all_have_their_content(&namespace, 3).await;
    let lost = keys(&shell).await[0]["fingerprint"].as_str().unwrap().to_owned();
    all_need(&namespace, &lost).await;
    delete_secrets(&namespace, is_key).await;
    let other = crate::keys::pair(2048, 9);
    crate::keys::store(&namespace, "other", &other).await;
    fs::write(shell.path("pass"), "correct horse battery staple\n").unwrap();
    let in_here = format!("--namespace={}", namespace.name());
    let backup = [
        "keys",
        "backup",
        "-w",
        "keys.age",
        "--passphrase-file=pass",
        &in_here,
    ];
    shell.run(&backup).await.failed(1, &lost);
    assert!(shell.path("keys.age").exists());
    controller.terminate().await;
}
