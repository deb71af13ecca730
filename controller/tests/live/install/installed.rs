//! An installation for one namespace, from what `chancery install` prints.

use std::collections::BTreeSet;

use serde_json::Value;
use testkit::apply::label;
use testkit::{Cluster, TestNamespace};
use tokio::process::Command;

use super::right::Right;
use crate::chancery::program;

/// An installation.
pub(super) struct Installed {
    pub(super) cluster: Cluster,
    /// Where the controllers are.
    pub(super) own: TestNamespace,
    /// What they work for.
    pub(super) watched: TestNamespace,
    objects: Vec<Value>,
}

impl Installed {
    /// Prints and applies an installation with these parts.
    pub(super) async fn new(parts: &str) -> Self {
        let cluster = testkit::cluster().await;
        let (own, watched) = (cluster.namespace("own").await, cluster.namespace("watched").await);
        let output = Command::new(program())
            .args([
                "install",
                "--offline",
                "-o",
                "json",
                "--image",
                "none",
                "--only",
                parts,
            ])
            .args([
                "--controller-namespace",
                own.name(),
                "--namespace",
                watched.name(),
            ])
            .env_clear()
            .output()
            .await
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let list: Value = serde_json::from_slice(&output.stdout).unwrap();
        let objects = list["items"].as_array().unwrap().clone();
        for object in &objects {
            let answer = cluster.apply(object, &object.to_string(), false).await;
            assert!(answer.is_clean(), "{}: {answer:?}", label(object));
        }
        Self {
            cluster,
            own,
            watched,
            objects,
        }
    }

    /// Applies an object to the watched namespace.
    pub(super) async fn apply(&self, mut object: Value) {
        object["metadata"]["namespace"] = self.watched.name().into();
        let answer = self.cluster.apply(&object, &object.to_string(), false).await;
        assert!(answer.is_clean(), "{}: {answer:?}", label(&object));
    }

    /// Returns a token of a controller's ServiceAccount.
    pub(super) async fn token(&self, controller: &str) -> String {
        self.cluster
            .service_account_token(self.own.name(), controller)
            .await
    }

    /// Returns a controller's Deployment.
    pub(super) fn deployment(&self, controller: &str) -> &Value {
        let found = self
            .objects
            .iter()
            .find(|object| object["kind"] == "Deployment" && object["metadata"]["name"] == controller);
        found.unwrap()
    }

    /// Returns the arguments of a controller's container.
    pub(super) fn args(&self, controller: &str) -> Vec<String> {
        let args = &self.deployment(controller)["spec"]["template"]["spec"]["containers"][0]["args"];
        serde_json::from_value(args.clone()).unwrap()
    }

    /// Returns every right that a role gives to a controller.
    pub(super) fn granted(&self, controller: &str) -> BTreeSet<Right> {
        let is_bound = |object: &&Value| {
            let subjects = object["subjects"].as_array();
            subjects.is_some_and(|all| all.iter().any(|subject| subject["name"] == controller))
        };
        let bindings = self.objects.iter().filter(is_bound);
        bindings
            .flat_map(|binding| {
                let role = self.objects.iter().find(|object| {
                    object["kind"] == binding["roleRef"]["kind"]
                        && object["metadata"]["name"] == binding["roleRef"]["name"]
                        && object["metadata"]["namespace"] == binding["metadata"]["namespace"]
                });
                Right::granted(&role.unwrap()["rules"])
            })
            .collect()
    }
}
