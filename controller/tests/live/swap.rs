//! Upstream's controller replaced by ours, and ours by upstream's, under Secrets that are in use.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::{Arc, Mutex};

use api::sealed_secret::SealedSecret;
use aws_lc_rs::rand::SystemRandom;
use futures::StreamExt;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{ListParams, PostParams, WatchEvent, WatchParams};
use manifests::keys::{KeySecretName, key_secret};
use manifests::seal::{SealOptions, seal};
use sealing::{KeyPair, Scope};
use serde_json::json;
use testkit::{Cluster, TestNamespace, eventually, eventually_within};
use tokio::task::JoinHandle;

use crate::cluster::{apply, cluster, has, secret};
use crate::keys::{pair, pkcs8, store};
use crate::process::Controller;

const OBJECTS: usize = 200;
const ARGUMENTS: [&str; 3] = [
    "--all-namespaces=false",
    "--key-renew-period=0",
    "--kubeclient-qps=-1",
];

/// What must not change of a Secret.
fn content(secret: &Secret) -> serde_json::Value {
    let metadata = &secret.metadata;
    json!({
        "uid": metadata.uid, "data": secret.data, "type": secret.type_, "immutable": secret.immutable,
        "labels": metadata.labels, "annotations": metadata.annotations, "owners": metadata.owner_references,
    })
}

/// Keys in every shape that upstream reads: the Secret of the first releases, which has its name and no label; PKCS#8;
/// and the newest, as upstream writes them. One more is disabled and has the newest certificate of all.
async fn keys(namespace: &TestNamespace) -> [KeyPair; 3] {
    let [legacy, eight, newest, compromised] = [0, 1, 2, 3].map(|days| pair(2048, days));
    let secrets: Api<Secret> = namespace.api();
    let mut unlabelled = key_secret(
        &legacy,
        KeySecretName::Name(api::names::SEALING_KEY_PREFIX),
        None,
        None,
    );
    unlabelled.metadata.labels = None;
    secrets.create(&PostParams::default(), &unlabelled).await.unwrap();
    let mut other = key_secret(&eight, KeySecretName::Name("eight"), None, None);
    let items = other.data.get_or_insert_default();
    items.insert("tls.key".to_owned(), ByteString(pkcs8(&eight)));
    secrets.create(&PostParams::default(), &other).await.unwrap();
    store(namespace, "newest", &newest).await;
    let mut disabled = key_secret(&compromised, KeySecretName::Name("compromised"), None, None);
    let label = api::names::SEALING_KEY_LABEL.to_owned();
    disabled.metadata.labels = Some([(label, "compromised".to_owned())].into());
    secrets.create(&PostParams::default(), &disabled).await.unwrap();
    [legacy, eight, newest]
}

/// The n-th object: every scope with every kind of Secret, on every key.
fn object(namespace: &TestNamespace, n: usize, keys: &[KeyPair; 3]) -> SealedSecret {
    let name = format!("app-{n:03}");
    let text = format!("value of {name}\n");
    let mut document = secret(namespace, &name, &[("text", &text), ("empty", "")]);
    let data = document.data.as_mut().unwrap();
    data.insert("bytes".to_owned(), ByteString((0..=255).collect()));
    document.type_ = match n % 5 {
        0 => None,
        1 => Some("Opaque".to_owned()),
        2 => Some("example.com/typed".to_owned()),
        3 => {
            data.insert("username".to_owned(), ByteString(b"me".to_vec()));
            Some("kubernetes.io/basic-auth".to_owned())
        }
        _ => {
            document.immutable = Some(true);
            None
        }
    };
    if n.is_multiple_of(2) {
        document.metadata.labels = Some([("team".to_owned(), "a".to_owned())].into());
        document.metadata.annotations = Some([("note".to_owned(), "kept".to_owned())].into());
    }
    if n.is_multiple_of(7) {
        let managed = api::names::MANAGED.to_owned();
        document
            .metadata
            .annotations
            .get_or_insert_default()
            .insert(managed, "true".to_owned());
    }
    let options = SealOptions {
        scope: Some([Scope::Strict, Scope::NamespaceWide, Scope::ClusterWide][n % 3]),
        hint: n.is_multiple_of(4),
        ..SealOptions::default()
    };
    let certificate = &keys[n / 3 % 3].certificate;
    let mut sealed = seal(&document, certificate, &options, &SystemRandom::new()).unwrap();
    if n.is_multiple_of(6) {
        let template = sealed.spec.template.get_or_insert_default();
        let line = "{{ .text | trim | upper | quote }} {{ .bytes | sha256sum }}".to_owned();
        template.data = Some([("line".to_owned(), Some(line))].into());
    }
    sealed
}

/// Follows the Secrets of a namespace and notes whatever happens to one of those that are to stay.
struct Observer {
    wrong: Arc<Mutex<BTreeSet<String>>>,
    watching: JoinHandle<()>,
}

impl Observer {
    async fn new(namespace: &TestNamespace, expected: BTreeMap<String, serde_json::Value>) -> Self {
        let api: Api<Secret> = namespace.api();
        let mut version = api
            .list(&ListParams::default())
            .await
            .unwrap()
            .metadata
            .resource_version
            .unwrap();
        let wrong = Arc::new(Mutex::new(BTreeSet::new()));
        let noted = Arc::clone(&wrong);
        let watching = tokio::spawn(async move {
            let note = |word: String| noted.lock().unwrap().insert(word);
            loop {
                let events = match api.watch(&WatchParams::default().timeout(290), &version).await {
                    Ok(events) => events,
                    Err(error) => {
                        note(format!("the watch broke: {error}"));
                        return;
                    }
                };
                let mut events = pin!(events);
                while let Some(event) = events.next().await {
                    match event {
                        Ok(WatchEvent::Added(secret) | WatchEvent::Modified(secret)) => {
                            let name = secret.metadata.name.clone().unwrap();
                            if expected
                                .get(&name)
                                .is_some_and(|expected| *expected != content(&secret))
                            {
                                note(format!("{name} changed: {}", content(&secret)));
                            }
                            version = secret.metadata.resource_version.unwrap();
                        }
                        Ok(WatchEvent::Deleted(secret)) => {
                            let name = secret.metadata.name.unwrap();
                            if expected.contains_key(&name) {
                                note(format!("{name} was deleted"));
                            }
                            version = secret.metadata.resource_version.unwrap();
                        }
                        Ok(WatchEvent::Bookmark(bookmark)) => version = bookmark.metadata.resource_version,
                        Ok(WatchEvent::Error(error)) => {
                            note(format!("the watch ended: {error:?}"));
                        }
                        Err(error) => {
                            note(format!("the watch broke: {error}"));
                        }
                    }
                }
            }
        });
        Self { wrong, watching }
    }

    /// What happened so far.
    fn wrong(&self) -> Vec<String> {
        assert!(!self.watching.is_finished(), "nobody watches");
        self.wrong.lock().unwrap().iter().cloned().collect()
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

async fn contents(namespace: &TestNamespace, names: &[String]) -> BTreeMap<String, serde_json::Value> {
    let api: Api<Secret> = namespace.api();
    let secrets = api.list(&ListParams::default()).await.unwrap();
    let by_name = secrets
        .items
        .iter()
        .map(|secret| (secret.metadata.name.clone().unwrap(), content(secret)));
    by_name.filter(|(name, _)| names.contains(name)).collect()
}

async fn upstream(cluster: &Cluster, namespace: &TestNamespace) -> testkit::upstream::Controller {
    testkit::upstream::Controller::start(cluster, namespace.name(), &ARGUMENTS).await
}

/// Creates a SealedSecret and waits for its Secret: whoever does that has gone through what was there before.
async fn answers(namespace: &TestNamespace, name: &str, keys: &[KeyPair; 3]) {
    let document = secret(namespace, name, &[("a", name)]);
    let options = SealOptions::default();
    let sealed = seal(&document, &keys[2].certificate, &options, &SystemRandom::new()).unwrap();
    apply(namespace, &sealed).await;
    has(namespace, name, &[("a", name)]).await;
}

/// Waits until every SealedSecret has a condition of this type that is true.
async fn all_are(namespace: &TestNamespace, condition: &str) {
    let api: Api<SealedSecret> = namespace.api();
    let what = format!("all SealedSecrets are {condition}");
    eventually_within(std::time::Duration::from_mins(3), &what, async || {
        let all = api.list(&ListParams::default()).await.unwrap().items;
        let is = |sealed: &&SealedSecret| {
            let status = sealed.status.clone().unwrap_or_default();
            let mut conditions = status.conditions.iter();
            conditions.any(|one| one.type_ == condition && one.status == "True")
        };
        let missing = all.iter().filter(|sealed| !is(sealed)).count();
        if missing == 0 {
            Ok(())
        } else {
            Err(format!("{missing} of {} are not", all.len()))
        }
    })
    .await;
}

#[tokio::test]
async fn two_hundred_secrets_stay_as_they_are_when_the_controller_is_swapped_there_and_back() {
    let (cluster, namespace) = cluster("swap").await;
    let keys = keys(&namespace).await;
    let mut theirs = upstream(&cluster, &namespace).await;
    let served = theirs.certificate().await;
    assert_eq!(served, keys[2].certificate.to_pem());
    let api: Api<SealedSecret> = namespace.api();
    let mut names = Vec::new();
    for n in 0..OBJECTS {
        let sealed = object(&namespace, n, &keys);
        names.push(sealed.metadata.name.clone().unwrap());
        api.create(&PostParams::default(), &sealed).await.unwrap();
    }
    all_are(&namespace, "Synced").await;
    answers(&namespace, "before", &keys).await;

    let expected = contents(&namespace, &names).await;
    assert_eq!(expected.len(), OBJECTS);
    let observer = Observer::new(&namespace, expected.clone()).await;

    theirs.kill().await;
    let ours = Controller::ready_with(&cluster, &namespace, &ARGUMENTS).await;
    assert_eq!(ours.certificate().await, served);
    all_are(&namespace, "Ready").await;
    answers(&namespace, "ours", &keys).await;
    assert_eq!(observer.wrong(), Vec::<String>::new());
    let (_, work) = ours.terminate().await;
    assert_eq!(work.secret_writes, 1, "only the new one is written: {work:?}");

    let mut theirs = upstream(&cluster, &namespace).await;
    answers(&namespace, "theirs", &keys).await;
    eventually("upstream's controller went through all", async || {
        let log = theirs.log();
        let left = names.iter().filter(|name| !log.contains(name.as_str())).count();
        if left == 0 {
            Ok(())
        } else {
            Err(format!("{left} are not in its log"))
        }
    })
    .await;
    theirs.kill().await;
    assert_eq!(contents(&namespace, &names).await, expected);
    assert_eq!(observer.wrong(), Vec::<String>::new());
}
