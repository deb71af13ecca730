//! Controllers of others that would fight with ours over the same objects.

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::{PodTemplateSpec, Service};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::names::{APP, Controller};

/// A workload of another project, with Pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Neighbour {
    /// What it is.
    product: &'static str,
    /// `kind NAMESPACE/NAME`, as kubectl takes the first and the last.
    kind: &'static str,
    namespace: String,
    name: String,
}

impl Neighbour {
    fn new(product: &'static str, kind: &'static str, metadata: &ObjectMeta) -> Self {
        Self {
            product,
            kind,
            namespace: metadata.namespace.clone().unwrap_or_default(),
            name: metadata.name.clone().unwrap_or_default(),
        }
    }

    /// What runs, in words.
    pub(super) fn sentence(&self) -> String {
        format!(
            "{} runs: {} `{}/{}`",
            self.product, self.kind, self.namespace, self.name
        )
    }

    /// The command that stops it and can be taken back.
    pub(super) fn stop(&self) -> String {
        format!(
            "kubectl -n {} scale {} {} --replicas=0",
            self.namespace,
            self.kind.to_lowercase(),
            self.name
        )
    }
}

/// The Sealed Secrets controllers among Deployments: by the name of its manifest and of its chart, by the chart's label,
/// by the image.
pub(super) fn sealed_secrets(deployments: &[Deployment]) -> Vec<Neighbour> {
    let is_one = |deployment: &&Deployment| {
        let spec = deployment.spec.as_ref();
        let metadata = &deployment.metadata;
        spec.is_some_and(|spec| has_pods(spec.replicas))
            && !is_ours(metadata)
            && (metadata.name.as_deref() == Some("sealed-secrets-controller")
                || label(metadata, "app.kubernetes.io/name") == Some("sealed-secrets")
                || spec.is_some_and(|spec| has_image(&spec.template, "sealed-secrets-controller")))
    };
    deployments
        .iter()
        .filter(is_one)
        .map(|deployment| Neighbour::new("a Sealed Secrets controller", "Deployment", &deployment.metadata))
        .collect()
}

/// SchemaHero's cluster manager and its managers of one database each. Any name ends in `-controller`, so that the image
/// decides.
pub(super) fn schemahero(stateful_sets: &[StatefulSet]) -> Vec<Neighbour> {
    let is_one = |set: &&StatefulSet| {
        let name = set.metadata.name.as_deref().unwrap_or_default();
        set.spec.as_ref().is_some_and(|spec| {
            has_pods(spec.replicas)
                && (name == "schemahero"
                    || (name.ends_with("-controller") && has_image(&spec.template, "schemahero")))
        })
    };
    stateful_sets
        .iter()
        .filter(is_one)
        .map(|set| Neighbour::new("SchemaHero", "StatefulSet", &set.metadata))
        .collect()
}

/// Whether a Service selects Pods of another project: `kubectl apply` would add our labels to its selector, which then
/// selects nothing.
pub(super) fn selects_others(service: &Service) -> bool {
    let selector = service.spec.as_ref().and_then(|spec| spec.selector.as_ref());
    let ours = [
        ("app.kubernetes.io/name", APP),
        ("app.kubernetes.io/component", Controller::Secrets.component()),
    ];
    selector.is_some_and(|selector| {
        selector
            .iter()
            .any(|(key, value)| !ours.contains(&(key.as_str(), value.as_str())))
    })
}

/// One is what the API server puts where nothing is said.
fn has_pods(replicas: Option<i32>) -> bool {
    replicas.unwrap_or(1) > 0
}

fn is_ours(metadata: &ObjectMeta) -> bool {
    label(metadata, "app.kubernetes.io/name") == Some(APP)
}

fn label<'a>(metadata: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    metadata.labels.as_ref()?.get(key).map(String::as_str)
}

/// Whether a container's image has that name, in whatever registry and folder.
fn has_image(template: &PodTemplateSpec, name: &str) -> bool {
    let containers = template.spec.as_ref().map(|spec| spec.containers.as_slice());
    containers.unwrap_or_default().iter().any(|container| {
        let image = container.image.as_deref().unwrap_or_default();
        let last = image.rsplit('/').next().unwrap_or_default();
        last.split([':', '@']).next() == Some(name)
    })
}

#[cfg(test)]
mod tests;
