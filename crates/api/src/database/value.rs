//! A value that stands in the manifest or somewhere safer.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A value inline, or the place that it is read from.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValueOrValueFrom {
    /// The value itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Where it is read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_from: Option<ValueFrom>,
}

/// Leaves the value out: it may be a password.
impl fmt::Debug for ValueOrValueFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValueOrValueFrom")
            .field("value", &self.value.as_ref().map(|_| "[redacted]"))
            .field("value_from", &self.value_from)
            .finish()
    }
}

/// The places that a value can be read from, of which one is to be given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValueFrom {
    /// A key of a Secret in the namespace of the Database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_key_ref: Option<SecretKeyRef>,
    /// A secret of Vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vault: Option<VaultRef>,
    /// A parameter of AWS Systems Manager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssm: Option<SsmRef>,
}

/// A key of a Secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecretKeyRef {
    /// The name of the Secret.
    pub name: String,
    /// The key in it.
    pub key: String,
}

/// A secret of Vault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VaultRef {
    /// The secret.
    pub secret: String,
    /// The role that reads it.
    pub role: String,
    /// Whether Vault's agent writes it into the pod.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_inject: Option<bool>,
    /// Vault's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The ServiceAccount that logs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account: Option<String>,
    /// Its namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account_namespace: Option<String>,
    /// How the connection is put together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_template: Option<String>,
    /// The path of the login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes_auth_endpoint: Option<String>,
}

/// A parameter of AWS Systems Manager.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SsmRef {
    /// The name of the parameter.
    pub name: String,
    /// Whether it is decrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_decryption: Option<bool>,
    /// The region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The access key's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<SsmValue>,
    /// The access key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_access_key: Option<SsmValue>,
}

/// A credential for Systems Manager, inline or from a Secret.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SsmValue {
    /// The value itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Where it is read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_from: Option<SsmValueFrom>,
}

/// Leaves the value out: it may be an access key.
impl fmt::Debug for SsmValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SsmValue")
            .field("value", &self.value.as_ref().map(|_| "[redacted]"))
            .field("value_from", &self.value_from)
            .finish()
    }
}

/// The place of a credential for Systems Manager.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SsmValueFrom {
    /// A key of a Secret in the namespace of the Database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_key_ref: Option<SecretKeyRef>,
}
