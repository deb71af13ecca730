//! SealedSecrets: `scope` watches, `decide` rules, `reconcile` acts, `status` tells.

mod claim;
mod decide;
mod memory;
mod reconcile;
mod scope;
mod status;
mod target;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use manifests::unseal::UnsealError;

use memory::Key;
pub(crate) use scope::Scope;
use status::Failure;

/// Returns the namespace and name of an object.
fn key(metadata: &ObjectMeta) -> Key {
    (
        metadata.namespace.clone().unwrap_or_default(),
        metadata.name.clone().unwrap_or_default(),
    )
}

/// Returns what to say of items that could not be opened. The error holds no value.
fn unseal_failure(error: &UnsealError) -> Failure {
    Failure::new("UnsealFailed", error.to_string())
}
