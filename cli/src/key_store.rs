//! Where sealing keys are kept: a cluster, or a folder that stands in for one.

use std::path::Path;

use k8s_openapi::api::core::v1::Secret;
use manifests::documents::Document;

use crate::cluster::{Cluster, ClusterArgs};
use crate::error::CommandError;
use crate::local::LocalStore;

/// The Secrets that hold sealing keys.
pub(crate) enum KeyStore {
    /// A folder.
    Local(LocalStore),
    /// The namespace of a controller.
    Cluster(Box<Cluster>, ClusterArgs),
}

impl KeyStore {
    /// Opens the folder, or connects to the cluster when there is none.
    ///
    /// # Errors
    /// When the folder is refused or the kubeconfig is not usable.
    pub(crate) fn open(local: Option<&Path>, cluster: &ClusterArgs) -> Result<Self, CommandError> {
        Ok(match local {
            Some(folder) => Self::Local(LocalStore::open(folder)?),
            None => Self::Cluster(Box::new(Cluster::connect(cluster)?), cluster.clone()),
        })
    }

    /// Every key Secret, whatever its label says, the one of upstream's first versions included.
    ///
    /// # Errors
    /// When they can't be read.
    pub(crate) fn secrets(&self) -> Result<Vec<Secret>, CommandError> {
        match self {
            Self::Local(store) => {
                let documents = store.keys()?;
                let secret = |document: &Document| Ok(document.to::<Secret>()?);
                documents.iter().map(secret).collect()
            }
            Self::Cluster(cluster, args) => Ok(cluster.key_secrets(args)?),
        }
    }

    /// Adds a key Secret; one of that name is never replaced.
    ///
    /// # Errors
    /// When the name is taken, or it can't be written.
    pub(crate) fn create(&self, secret: &Secret) -> Result<(), CommandError> {
        match self {
            Self::Local(store) => store.add_key(secret).map(drop),
            Self::Cluster(cluster, args) => Ok(cluster.create_key_secret(args, secret).map(drop)?),
        }
    }

    /// The key Secret of that name, whatever its label says.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) fn secret(&self, name: &str) -> Result<Option<Secret>, CommandError> {
        match self {
            Self::Local(_) => {
                let mut secrets = self.secrets()?.into_iter();
                Ok(secrets.find(|secret| secret.metadata.name.as_deref() == Some(name)))
            }
            Self::Cluster(cluster, args) => Ok(cluster.secret(&args.controller_namespace, name)?),
        }
    }

    /// Gives the label of a key another value, and returns whether it was written: a Secret that is not as it was read
    /// any more stays as it is.
    ///
    /// # Errors
    /// When it can't be written.
    pub(crate) fn set_label(&self, secret: &Secret, value: &str) -> Result<bool, CommandError> {
        match self {
            Self::Local(store) => store.label_key(secret, value),
            Self::Cluster(cluster, args) => Ok(cluster.label_key_secret(args, secret, value)?.is_some()),
        }
    }

    /// The place in words: "namespace `kube-system`" or "the local store `.chancery`".
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Local(store) => format!("the local store `{}`", store.root().display()),
            Self::Cluster(_, args) => format!("namespace `{}`", args.controller_namespace),
        }
    }
}
