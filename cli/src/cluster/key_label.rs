//! The label that says whether a key is used.

use api::names::SEALING_KEY_LABEL;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

use super::{Cluster, ClusterArgs, ClusterError};

impl Cluster {
    /// Labels a key Secret as it was read, and returns it as it is then; `None` when it has changed or gone meanwhile,
    /// and nothing was written.
    ///
    /// # Errors
    /// [`ClusterError`], for instance without the right to patch Secrets there.
    pub(crate) fn label_key_secret(
        &self,
        args: &ClusterArgs,
        secret: &Secret,
        value: &str,
    ) -> Result<Option<Secret>, ClusterError> {
        let namespace = &args.controller_namespace;
        let name = secret.metadata.name.as_deref().unwrap_or_default();
        let doing = format!("labelling the key Secret `{namespace}/{name}` `{value}`");
        // With the resourceVersion, what was looked at is what is written to.
        let patch = json!({"metadata": {
            "resourceVersion": secret.metadata.resource_version,
            "labels": {SEALING_KEY_LABEL: value},
        }});
        self.answer(&doing, async {
            let patched = Api::<Secret>::namespaced(self.client.clone(), namespace)
                .patch(
                    name,
                    &PatchParams {
                        field_manager: Some("chancery".to_owned()),
                        ..PatchParams::default()
                    },
                    &Patch::Merge(&patch),
                )
                .await;
            match patched {
                Ok(secret) => Ok(Some(secret)),
                Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => Ok(None),
                Err(source) => Err(ClusterError::key_secret(&doing, source)),
            }
        })
    }
}
