//! A cluster as the configuration names it.

use sealing::Fingerprint;

/// A cluster that is sealed for.
#[derive(Clone, Debug)]
pub(crate) struct ClusterEntry {
    /// Its name, unique in the file; good as the name of a folder.
    pub(crate) name: String,
    /// A file (relative to the configuration) or URL of its certificate; without it the controller is asked.
    pub(crate) certificate: Option<String>,
    /// Where its controller is.
    pub(crate) controller: Controller,
    /// The keys that may seal for it; empty: any.
    pub(crate) fingerprints: Vec<Fingerprint>,
    /// Where these are written, or would be: `clusters[1].fingerprints`.
    pub(super) field: String,
    /// The line of that field, or of the cluster.
    pub(super) line: usize,
}

/// Where a controller is; what is absent is as on the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Controller {
    /// The context in the kubeconfig.
    pub(crate) context: Option<String>,
    /// The namespace of its Service.
    pub(crate) namespace: Option<String>,
    /// The name of its Service.
    pub(crate) name: Option<String>,
}

impl ClusterEntry {
    /// The line of the configuration on which its pins stand, or itself.
    pub(crate) fn line(&self) -> usize {
        self.line
    }
}
