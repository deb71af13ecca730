//! A cluster in which one test alone has SealedSecrets: a proxy before the API server gives it a group of its own, since
//! what is counted is counted in all namespaces.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use api::names::{SEALING_KEY_LABEL, SEALING_KEY_PREFIX};
use api::sealed_secret::{SealedSecret, SealedSecretSpec, Unsealed};
use aws_lc_rs::rand::SystemRandom;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Patch, PatchParams, PostParams};
use manifests::digest::digest;
use manifests::keys::{KeySecretName, key_secret};
use sealing::{Fingerprint, KeyOptions, KeyPair, Label, Scope, encode_item};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{Cluster, TestNamespace};
use tokio::net::TcpListener;

use super::kind::{Definition, Kind};
use crate::program::{Run, chancery};

/// What happens while the label of a key is written.
pub(super) enum Meanwhile {
    Nothing,
    /// Someone changes the Secret just before.
    SecretChanges,
    /// Someone creates this object just after.
    Created(Box<SealedSecret>),
    /// Someone labels the Secret `active` again just after.
    LabelledAgain,
}

/// A namespace with keys, and SealedSecrets.
pub(super) struct World {
    pub(super) cluster: Cluster,
    pub(super) namespace: TestNamespace,
    pub(super) kind: Kind,
    inner: Arc<Inner>,
    address: SocketAddr,
    folder: TempDir,
}

struct Inner {
    /// A client without a token of its own.
    passing: kube::Client,
    secrets: kube::Api<Secret>,
    kind: Kind,
    meanwhile: Mutex<Meanwhile>,
}

impl World {
    pub(super) async fn new(definition: Definition) -> Self {
        let cluster = testkit::cluster().await;
        let namespace = cluster.namespace("keys").await;
        let kind = Kind::new(&cluster.client, definition).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner {
            passing: cluster.client_without_credentials(),
            secrets: namespace.api(),
            kind: kind.clone(),
            meanwhile: Mutex::new(Meanwhile::Nothing),
        });
        let router = axum::Router::new()
            .fallback(forward)
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let folder = tempfile::tempdir().unwrap();
        Self {
            cluster,
            namespace,
            kind,
            inner,
            address,
            folder,
        }
    }

    /// Says what happens while the next label is written.
    pub(super) fn meanwhile(&self, what: Meanwhile) {
        *self.inner.meanwhile.lock().unwrap() = what;
    }

    /// Runs `chancery` as an administrator.
    pub(super) fn run(&self, arguments: &[&str]) -> Run {
        self.run_as(&self.cluster.token, arguments)
    }

    /// Runs `chancery` with this token.
    pub(super) fn run_as(&self, token: &str, arguments: &[&str]) -> Run {
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "proxy",
            "clusters": [{"name": "proxy", "cluster": {"server": format!("http://{}", self.address)}}],
            "users": [{"name": "user", "user": {"token": token}}],
            "contexts": [{"name": "proxy", "context": {"cluster": "proxy", "user": "user"}}],
        });
        let file = self.folder.path().join("kubeconfig.yaml");
        std::fs::write(&file, config.to_string()).unwrap();
        let cluster = [
            "--kubeconfig",
            "kubeconfig.yaml",
            "--controller-namespace",
            self.namespace.name(),
        ];
        chancery(self.folder.path(), &[arguments, &cluster].concat(), "")
    }

    /// What `keys list` says, by the names of Secrets.
    pub(super) fn list(&self) -> Vec<Value> {
        let run = self.run(&["keys", "list", "-o", "json"]).succeeded();
        serde_json::from_str(&run.stdout).unwrap()
    }

    /// What `keys list` says of this Secret.
    pub(super) fn listed(&self, name: &str) -> Value {
        let mut keys = self.list().into_iter();
        keys.find(|key| key["name"] == name).unwrap()
    }

    /// Stores a key whose certificate began so many hours after the epoch, and returns it.
    pub(super) async fn key(&self, name: &str, hour: i64) -> KeyPair {
        let pair = pair(hour);
        self.store(name, &pair).await;
        pair
    }

    /// Stores a key under this name.
    pub(super) async fn store(&self, name: &str, pair: &KeyPair) {
        let secret = key_secret(pair, KeySecretName::Name(name), None, None);
        let secrets = self.namespace.api::<Secret>();
        secrets.create(&PostParams::default(), &secret).await.unwrap();
    }

    pub(super) async fn secret(&self, name: &str) -> Secret {
        self.namespace.api::<Secret>().get(name).await.unwrap()
    }

    /// The label of a key Secret.
    pub(super) async fn label(&self, name: &str) -> String {
        self.secret(name).await.metadata.labels.unwrap()[SEALING_KEY_LABEL].clone()
    }

    /// Changes a key Secret by a merge patch.
    pub(super) async fn patch(&self, name: &str, patch: &Value) {
        merge(&self.namespace.api(), name, patch).await;
    }

    /// A SealedSecret with an item for each of these keys: `a`, `b`, ….
    pub(super) fn sealed(&self, name: &str, pairs: &[&KeyPair]) -> SealedSecret {
        let mut sealed = SealedSecret::new(name, SealedSecretSpec::default());
        sealed.metadata.namespace = Some(self.namespace.name().to_owned());
        let label = Label::new(Scope::Strict, self.namespace.name(), name);
        for (pair, item) in pairs.iter().zip(["a", "b", "c"]) {
            let public = pair.certificate.public_key();
            let value = public.seal(&SystemRandom::new(), &label, b"tulip").unwrap();
            let items = &mut sealed.spec.encrypted_data;
            items.insert(item.to_owned(), encode_item(&value));
        }
        sealed
    }

    /// What objects are called in messages.
    pub(super) fn object(&self, name: &str) -> String {
        format!("`{}/{name}`", self.namespace.name())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // Dropped inside a runtime, or after its end: the removal has one of its own.
        let name = format!("sealedsecrets.{}", self.kind.group);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let client = testkit::cluster().await.client;
                Kind::remove(&client, &name).await;
            });
        });
        let _ = thread.join();
    }
}

/// A key whose certificate began so many hours after the epoch.
pub(super) fn pair(hour: i64) -> KeyPair {
    KeyPair::generate(&KeyOptions {
        bits: 2048,
        common_name: SEALING_KEY_PREFIX.to_owned(),
        not_before: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour),
        valid_for: SignedDuration::from_hours(24 * 365 * 100),
    })
    .unwrap()
}

pub(super) fn fingerprint(pair: &KeyPair) -> Fingerprint {
    pair.certificate.fingerprint().clone()
}

/// The same object with the status that the controller writes which opened so many items with each key.
pub(super) fn counted(mut sealed: SealedSecret, items: &[(&Fingerprint, i64)]) -> SealedSecret {
    sealed.status.get_or_insert_default().unsealed = Some(Unsealed {
        spec: digest(&sealed),
        keys: items.iter().map(|(key, _)| key.to_string()).collect(),
        items: items
            .iter()
            .map(|(key, items)| (key.to_string(), *items))
            .collect(),
        ..Unsealed::default()
    });
    sealed
}

async fn forward(State(inner): State<Arc<Inner>>, request: Request<Body>) -> Response {
    let labels = request.method() == Method::PATCH && request.uri().path().contains("/secrets/");
    let name = request
        .uri()
        .path()
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let meanwhile = if labels {
        std::mem::replace(&mut *inner.meanwhile.lock().unwrap(), Meanwhile::Nothing)
    } else {
        Meanwhile::Nothing
    };
    let patch = async |patch: Value| merge(&inner.secrets, &name, &patch).await;
    if let Meanwhile::SecretChanges = meanwhile {
        patch(json!({"metadata": {"annotations": {"changed": "yes"}}})).await;
    }
    let answer = pass(&inner, request).await;
    match meanwhile {
        Meanwhile::Nothing | Meanwhile::SecretChanges => {}
        Meanwhile::Created(sealed) => drop(inner.kind.create(&sealed).await),
        Meanwhile::LabelledAgain => {
            patch(json!({"metadata": {"labels": {SEALING_KEY_LABEL: "active"}}})).await;
        }
    }
    answer
}

async fn merge(secrets: &kube::Api<Secret>, name: &str, patch: &Value) {
    let patched = secrets
        .patch(name, &PatchParams::default(), &Patch::Merge(patch))
        .await;
    patched.unwrap();
}

async fn pass(inner: &Inner, request: Request<Body>) -> Response {
    let (mut parts, body) = request.into_parts();
    parts.headers.remove(header::HOST);
    let group = format!("/{}/", inner.kind.group);
    parts.uri = parts
        .uri
        .to_string()
        .replace("/bitnami.com/", &group)
        .parse()
        .unwrap();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let request = Request::from_parts(parts, kube::client::Body::from(body.to_vec()));
    match inner.passing.send(request).await {
        Ok(answer) => answer.map(Body::new),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}
