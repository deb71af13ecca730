//! SealedSecrets: `scope` watches, `decide` rules, `reconcile` acts, `status` tells.

mod behaviour;
mod claim;
mod collect;
mod decide;
mod memory;
mod reconcile;
mod scope;
mod status;
mod stored;
mod target;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use manifests::unseal::UnsealError;

pub(crate) use behaviour::Behaviour;
use memory::Key;
pub(crate) use scope::Scope;
use status::Failure;

use crate::keys::Keys;

/// Returns the namespace and name of an object.
pub(crate) fn key(metadata: &ObjectMeta) -> Key {
    (
        metadata.namespace.clone().unwrap_or_default(),
        metadata.name.clone().unwrap_or_default(),
    )
}

/// Returns what to say of items that could not be opened. The error holds no value.
fn unseal_failure(error: &UnsealError) -> Failure {
    failure(error, "")
}

/// Returns what to say of items that these keys could not open.
fn opening_failure(error: &UnsealError, keys: &Keys) -> Failure {
    let why = match (keys.ring.is_empty(), keys.may_generate) {
        (false, _) => "",
        (true, true) => "; there is no sealing key yet",
        (true, false) => {
            "; there is no sealing key, and none is made (--generate-keys=false): store one, or ask for one with \
             `chancery keys rotate`"
        }
    };
    failure(error, why)
}

fn failure(error: &UnsealError, why: &str) -> Failure {
    let reason = match error {
        UnsealError::Templates { .. } => "TemplateFailed",
        _ => "UnsealFailed",
    };
    Failure::new(reason, format!("{error}{why}"))
}
