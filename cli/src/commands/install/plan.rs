//! What was asked for, and the objects that it comes to, in the order in which they are applied.

use clap::ValueEnum;
use serde_json::{Value, json};

use super::manifest::{Manifest, labels};
use super::names::{BUILT_IN_NAMESPACES, Controller};
use super::served::Served;
use super::{people, policies, rights, traffic, workload};
use crate::error::CommandError;

/// What can be installed by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Part {
    /// The kinds: SealedSecret, Database, Table, Migration
    Crds,
    /// The controller that unseals, with its account, rights and Service
    Secrets,
    /// The controller that migrates, with its account and rights, and the roles of those who approve
    Schema,
    /// The admission policies that make approval a right of its own
    Policies,
}

/// What was asked for.
#[derive(Clone, Debug)]
pub(super) struct Installation {
    /// The namespace of both controllers.
    pub(super) namespace: String,
    /// The name of the Service that serves the certificate.
    pub(super) service: String,
    /// The namespaces that the controllers work for; all when empty.
    pub(super) watched: Vec<String>,
    /// The image of both controllers.
    pub(super) image: String,
    /// Ports at which databases listen.
    pub(super) database_ports: Vec<u16>,
    /// Only these parts; all when empty.
    pub(super) parts: Vec<Part>,
    /// Which policies the API server knows.
    pub(super) served: Served,
}

impl Installation {
    /// Whether a part was asked for.
    pub(super) fn has(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }

    /// The controllers that were asked for.
    pub(super) fn controllers(&self) -> impl Iterator<Item = Controller> {
        [
            (Part::Secrets, Controller::Secrets),
            (Part::Schema, Controller::Schema),
        ]
        .into_iter()
        .filter(|(part, _)| self.has(*part))
        .map(|(_, controller)| controller)
    }

    /// The name of an object of the whole cluster that belongs to this installation alone: one that is limited to some
    /// namespaces may have a neighbour in others.
    pub(super) fn cluster_name(&self, name: &str) -> String {
        if self.watched.is_empty() {
            name.to_owned()
        } else {
            format!("{name}-{}", self.namespace)
        }
    }

    /// The user name of a controller's `ServiceAccount`.
    pub(super) fn user(&self, controller: Controller) -> String {
        format!("system:serviceaccount:{}:{}", self.namespace, controller.name())
    }

    /// Every object. What others refer to comes first, and the policies before the controller whose plans they guard.
    ///
    /// # Errors
    /// When a definition cannot be written as JSON, which none of ours does.
    pub(super) fn manifests(&self) -> Result<Vec<Manifest>, CommandError> {
        let mut all = Vec::new();
        if self.controllers().next().is_some() && !BUILT_IN_NAMESPACES.contains(&self.namespace.as_str()) {
            all.push(self.own_namespace());
        }
        if self.has(Part::Crds) {
            for crd in api::crds::all() {
                let value = serde_json::to_value(crd).map_err(CommandError::failed)?;
                all.push(
                    Manifest::new(value).comment("Deleting a definition deletes every object of its kind."),
                );
            }
        }
        for controller in self.controllers() {
            all.extend(rights::of(self, controller));
            all.extend(people::of(self, controller));
        }
        if self.has(Part::Policies) {
            all.extend(policies::of(self)?);
        }
        for controller in self.controllers() {
            if controller == Controller::Secrets {
                all.push(workload::service(self));
                all.push(workload::metrics_service(self));
            }
            all.push(traffic::policy(self, controller));
            all.push(workload::deployment(self, controller));
        }
        Ok(all)
    }

    fn own_namespace(&self) -> Manifest {
        let mut labels: Value = labels(None);
        labels["pod-security.kubernetes.io/enforce"] = "restricted".into();
        Manifest::new(json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": { "name": self.namespace, "labels": labels },
        }))
        .comment(
            "It will hold the sealing keys: deleting it makes every SealedSecret of the cluster unreadable.",
        )
    }
}
