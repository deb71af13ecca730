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
    // Boxed: a Database has some forty of these, and reading one took more than the 2 MiB that a thread's stack has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_from: Option<Box<ValueFrom>>,
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

/// The schema of a [`ValueOrValueFrom`] in a field that SchemaHero doesn't have: there, no other source than a Secret was
/// ever written, and each would make the definition larger, which `kubectl apply` keeps in an annotation of 256 KiB.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct ValueOrSecret {
    /// The value itself.
    value: Option<String>,
    /// Where it is read from.
    value_from: Option<FromSecret>,
}

/// A place that a value can be read from.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct FromSecret {
    /// A key of a Secret in the namespace of the Database.
    secret_key_ref: Option<SecretKeyRef>,
}

/// Where a value is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Source<'a> {
    /// Nowhere: the field counts as absent.
    Absent,
    /// In the manifest.
    Inline(&'a str),
    /// In a Secret of the Database's namespace.
    Secret(&'a SecretKeyRef),
    /// In a place that is not served: the key under `valueFrom`.
    NotServed(&'static str),
}

/// Leaves an inline value out: it may be a password.
impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("Absent"),
            Self::Inline(_) => f.write_str("Inline([redacted])"),
            Self::Secret(reference) => write!(f, "Secret({reference:?})"),
            Self::NotServed(source) => write!(f, "NotServed({source})"),
        }
    }
}

impl ValueOrValueFrom {
    /// Returns where the value is. One that stands in the manifest wins, unless it is empty; that is SchemaHero's rule
    ///.
    pub fn source(&self) -> Source<'_> {
        if let Some(inline) = self.value.as_deref().filter(|inline| !inline.is_empty()) {
            return Source::Inline(inline);
        }
        let Some(from) = &self.value_from else {
            return Source::Absent;
        };
        match (&from.secret_key_ref, &from.vault, &from.ssm) {
            (Some(reference), _, _) => Source::Secret(reference),
            (None, Some(_), _) => Source::NotServed("vault"),
            (None, None, Some(_)) => Source::NotServed("ssm"),
            (None, None, None) => Source::Absent,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_small_because_a_database_has_many() {
        assert!(size_of::<ValueOrValueFrom>() <= 4 * size_of::<usize>());
    }

    fn source(value: serde_json::Value) -> String {
        format!(
            "{:?}",
            serde_json::from_value::<ValueOrValueFrom>(value)
                .unwrap()
                .source()
        )
    }

    #[test]
    fn what_stands_in_the_manifest_wins_and_is_never_shown() {
        let from = serde_json::json!({"secretKeyRef": {"name": "s", "key": "k"}});
        let both = serde_json::json!({"value": "canary", "valueFrom": from});
        assert_eq!(source(both), "Inline([redacted])");
        assert_eq!(
            source(serde_json::json!({"value": "", "valueFrom": from})),
            "Secret(SecretKeyRef { name: \"s\", key: \"k\" })"
        );
        assert_eq!(
            source(serde_json::json!({"valueFrom": {"ssm": {"name": "p"}}})),
            "NotServed(ssm)"
        );
        assert_eq!(source(serde_json::json!({"valueFrom": {}})), "Absent");
    }
}
