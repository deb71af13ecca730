//! Key Secrets that are written.

use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, PostParams};

use super::{Cluster, ClusterArgs, ClusterError};

impl Cluster {
    /// Creates a key Secret in the controller's namespace, and returns it as it is stored.
    ///
    /// # Errors
    /// [`ClusterError`], for instance without the right to create Secrets there, or when the name is taken.
    pub(crate) fn create_key_secret(
        &self,
        args: &ClusterArgs,
        secret: &Secret,
    ) -> Result<Secret, ClusterError> {
        let namespace = &args.controller_namespace;
        let name = secret.metadata.name.as_deref();
        let name = name
            .or(secret.metadata.generate_name.as_deref())
            .unwrap_or_default();
        let doing = format!("creating the key Secret `{namespace}/{name}`");
        self.answer(&doing, async {
            let mut secret = secret.clone();
            secret.metadata.namespace = Some(namespace.clone());
            Api::<Secret>::namespaced(self.client.clone(), namespace)
                .create(&PostParams::default(), &secret)
                .await
                .map_err(|source| ClusterError::key_secret(&doing, source))
        })
    }
}
