//! The fields of `.chancery.yaml` as they are written.

use serde::Deserialize;

/// The whole file.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConfigFile {
    /// Asked for before this is read.
    #[serde(rename = "apiVersion")]
    _api_version: String,
    #[serde(rename = "kind")]
    _kind: String,
    #[serde(default)]
    pub(super) clusters: Vec<ClusterFields>,
    #[serde(default)]
    pub(super) rules: Vec<RuleFields>,
    #[serde(default)]
    pub(super) defaults: DefaultFields,
    #[serde(default)]
    pub(super) plain_secrets: PlainSecretFields,
}

/// A cluster that is sealed for.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClusterFields {
    pub(super) name: String,
    #[serde(default)]
    pub(super) certificate: Option<String>,
    #[serde(default)]
    pub(super) controller: Option<ControllerFields>,
    #[serde(default)]
    pub(super) fingerprints: Vec<String>,
}

/// Where the controller of a cluster is.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct ControllerFields {
    #[serde(default)]
    pub(super) context: Option<String>,
    #[serde(default)]
    pub(super) namespace: Option<String>,
    #[serde(default)]
    pub(super) name: Option<String>,
}

/// What holds for the files that a pattern matches.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct RuleFields {
    pub(super) path: String,
    #[serde(default)]
    pub(super) clusters: Option<Vec<String>>,
    #[serde(default)]
    pub(super) namespace: Option<String>,
    #[serde(default)]
    pub(super) scope: Option<ScopeWord>,
    #[serde(default)]
    pub(super) output: Option<String>,
}

/// What is taken where neither a document nor a rule says anything.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct DefaultFields {
    #[serde(default)]
    pub(super) clusters: Option<Vec<String>>,
    #[serde(default)]
    pub(super) namespace: Option<String>,
    #[serde(default)]
    pub(super) scope: Option<ScopeWord>,
    #[serde(default)]
    pub(super) output: Option<String>,
}

/// What `verify --no-plain-secrets` lets pass.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlainSecretFields {
    #[serde(default)]
    pub(super) allow: Vec<String>,
}

/// A scope by its word.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ScopeWord {
    Strict,
    NamespaceWide,
    ClusterWide,
}

impl From<ScopeWord> for sealing::Scope {
    fn from(word: ScopeWord) -> Self {
        match word {
            ScopeWord::Strict => Self::Strict,
            ScopeWord::NamespaceWide => Self::NamespaceWide,
            ScopeWord::ClusterWide => Self::ClusterWide,
        }
    }
}
