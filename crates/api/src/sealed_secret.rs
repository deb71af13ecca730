//! The SealedSecret, as clusters have it since 2019, with more status.

use std::collections::BTreeMap;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{CustomResource, CustomResourceExt as _};
use serde::{Deserialize, Deserializer, Serialize};

use crate::conditions::Condition;

mod schema;

/// The declared half: one sealed item for each key of the Secret.
#[derive(CustomResource, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "bitnami.com",
    version = "v1alpha1",
    kind = "SealedSecret",
    namespaced,
    status = "SealedSecretStatus",
    schema = "disabled",
    derive = "PartialEq",
    doc = "A Secret whose values only the cluster's controller can read.",
    printcolumn = r#"{"name":"Status","type":"string","jsonPath":".status.conditions[0].message"}"#,
    printcolumn = r#"{"name":"Synced","type":"string","jsonPath":".status.conditions[0].status"}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#
)]
#[serde(rename_all = "camelCase")]
pub struct SealedSecretSpec {
    /// The whole Secret as one item, base64: the format before 2019. Never written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Base64 items by key.
    // A null in one stored object must not stop the watch of all of them.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub encrypted_data: BTreeMap<String, String>,
    /// What the Secret is like besides its values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<SecretTemplate>,
}

/// What a Secret is like besides its sealed values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretTemplate {
    /// Go templates by key, rendered with the opened items. `None` leaves the item of that key out of the Secret;
    /// templates see it all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<BTreeMap<String, Option<String>>>,
    /// `immutable` of the Secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub immutable: Option<bool>,
    /// Labels, annotations and the rest of the Secret's metadata; name and namespace are the SealedSecret's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<ObjectMeta>,
    /// `type` of the Secret.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
}

/// The observed half.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedSecretStatus {
    /// See [`crate::conditions`]; `Synced` stands first.
    #[serde(
        default,
        deserialize_with = "null_is_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub conditions: Vec<Condition>,
    /// Generation that the status speaks of; -1 until the controller has seen the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// What was opened last, so that a restart with nothing changed opens nothing. Upstream's CRD prunes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsealed: Option<Unsealed>,
}

/// A record of the last opening that succeeded. It holds no value and no digest of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unsealed {
    /// SHA-256 in hex of the spec and the scope.
    #[serde(default)]
    pub spec: String,
    /// Fingerprints of the keys that opened the items.
    #[serde(default)]
    pub keys: Vec<String>,
    /// How many items each of these keys opened, by fingerprint; records of before it was counted have none.
    #[serde(
        default,
        deserialize_with = "null_is_empty",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub items: BTreeMap<String, i64>,
    /// `resourceVersion` of the Secret as it was written.
    #[serde(default)]
    pub secret_resource_version: String,
    /// `uid` of that Secret.
    #[serde(default)]
    pub secret_uid: String,
}

fn null_is_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// Returns the CustomResourceDefinition: upstream's, with a status default that keeps GitOps tools from
/// calling a SealedSecret ready that nobody has seen yet, and with more status fields.
///
/// # Panics
/// Never; the schema is a literal that a test reads.
pub fn crd() -> CustomResourceDefinition {
    let mut crd = SealedSecret::crd();
    for version in &mut crd.spec.versions {
        version.schema = Some(schema::validation());
    }
    crd
}

#[cfg(test)]
mod tests;
