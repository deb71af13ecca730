//! The namespace of what names none.

use std::io::ErrorKind;

use kube::Config;
use kube::config::{Kubeconfig, KubeconfigError};

use super::super::ClusterError;
use super::{KubeconfigArgs, overrides};

/// A namespace, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Namespace {
    /// Its name.
    pub(crate) name: String,
    /// Whether a flag names it, so that nothing may contradict it.
    pub(crate) is_asked: bool,
}

impl Namespace {
    /// That of the kubeconfig's context, else the Pod's own, else `default`.
    ///
    /// # Errors
    /// When the kubeconfig can't be read, has no such context, or there is neither one nor a Pod's account.
    pub(crate) fn of_context(args: &KubeconfigArgs) -> Result<Self, ClusterError> {
        let kubeconfig = read(args)?;
        let context = overrides::context(&kubeconfig, args)?;
        let named = context.namespace.filter(|namespace| !namespace.is_empty());
        let pods = || Config::incluster().ok().map(|config| config.default_namespace);
        let is_void = kubeconfig.clusters.is_empty() && args.overrides.server.is_none();
        match named.or_else(pods) {
            Some(name) => Ok(Self {
                name,
                is_asked: false,
            }),
            None if is_void => Err(ClusterError::Configuration {
                reason: "no configuration has been provided: no kubeconfig and no Pod's account".to_owned(),
            }),
            None => Ok(Self {
                name: "default".to_owned(),
                is_asked: false,
            }),
        }
    }
}

/// Reads the kubeconfig; an empty one where none was named and there is none.
///
/// # Errors
/// When it can't be read.
pub(super) fn read(args: &KubeconfigArgs) -> Result<Kubeconfig, ClusterError> {
    let read = match &args.kubeconfig {
        Some(path) => Kubeconfig::read_from(path),
        None => Kubeconfig::read(),
    };
    match read {
        Err(KubeconfigError::ReadConfig(error, _))
            if error.kind() == ErrorKind::NotFound && args.kubeconfig.is_none() =>
        {
            Ok(Kubeconfig::default())
        }
        Err(KubeconfigError::FindPath) => Ok(Kubeconfig::default()),
        result => result.map_err(ClusterError::kubeconfig),
    }
}
