//! The Migrations of a cluster: read, and decided on by annotations.

use std::collections::BTreeMap;

use api::migration::Migration;
use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use kube::api::{Api, ListParams, Patch, PatchParams, PostParams};
use serde_json::json;

use super::{Cluster, ClusterError, page_by_page};

/// The field manager of what people decide through this program.
const FIELD_MANAGER: &str = "chancery";

/// How many Migrations the API server is asked for at a time; one may have half a megabyte.
const PAGE: u32 = 50;

/// What people call a Migration: `NAMESPACE/NAME`.
pub(crate) fn label(migration: &Migration) -> String {
    let metadata = &migration.metadata;
    format!(
        "{}/{}",
        metadata.namespace.as_deref().unwrap_or_default(),
        metadata.name.as_deref().unwrap_or_default()
    )
}

impl Cluster {
    /// The namespace of the kubeconfig's context, `default` where it has none.
    pub(crate) fn namespace(&self) -> &str {
        self.client.default_namespace()
    }

    /// The Migrations in a namespace, or in all of them.
    ///
    /// # Errors
    /// [`ClusterError`], for instance where Migrations are not installed.
    pub(crate) fn migrations(&self, namespace: Option<&str>) -> Result<Vec<Migration>, ClusterError> {
        let doing = match namespace {
            Some(namespace) => format!("listing the Migrations in namespace `{namespace}`"),
            None => "listing the Migrations in all namespaces".to_owned(),
        };
        self.answer(&doing, async {
            let api = match namespace {
                Some(namespace) => Api::<Migration>::namespaced(self.client.clone(), namespace),
                None => Api::all(self.client.clone()),
            };
            let found = page_by_page(&api, PAGE).await;
            found.map_err(|source| ClusterError::migrations(&doing, source))
        })
    }

    /// The Migration of that name.
    ///
    /// # Errors
    /// [`ClusterError::NoMigration`] when there is none, and as [`Self::migrations`].
    pub(crate) fn migration(&self, namespace: &str, name: &str) -> Result<Migration, ClusterError> {
        let doing = format!("reading Migration `{namespace}/{name}`");
        self.answer(&doing, async {
            let found = Api::<Migration>::namespaced(self.client.clone(), namespace)
                .get_opt(name)
                .await
                .map_err(|source| ClusterError::migrations(&doing, source))?;
            match found {
                Some(migration) => Ok(migration),
                // The API server gives the same answer where it does not know the kind.
                None => Err(match self.serves_migrations(&doing, namespace).await {
                    Ok(()) => ClusterError::NoMigration {
                        namespace: namespace.to_owned(),
                        name: name.to_owned(),
                    },
                    Err(error) => error,
                }),
            }
        })
    }

    async fn serves_migrations(&self, doing: &str, namespace: &str) -> Result<(), ClusterError> {
        let api = Api::<Migration>::namespaced(self.client.clone(), namespace);
        match api.list_metadata(&ListParams::default().limit(1)).await {
            Err(kube::Error::Api(status)) if status.code == 404 => {
                Err(ClusterError::migrations(doing, kube::Error::Api(status)))
            }
            // Whoever may not list learns at least that the one that was asked for is not there.
            _ => Ok(()),
        }
    }

    /// The name by which the API server knows who asks, or `None` where it does not tell (before Kubernetes 1.28).
    ///
    /// # Errors
    /// [`ClusterError`], when it cannot be asked.
    pub(crate) fn user(&self) -> Result<Option<String>, ClusterError> {
        let doing = "asking the API server who this is";
        self.answer(doing, async {
            let asked = Api::<SelfSubjectReview>::all(self.client.clone())
                .create(&PostParams::default(), &SelfSubjectReview::default())
                .await;
            match asked {
                Ok(review) => Ok(review
                    .status
                    .and_then(|status| status.user_info)
                    .and_then(|user| user.username)),
                Err(kube::Error::Api(status)) if matches!(status.code, 403 | 404) => Ok(None),
                Err(source) => Err(ClusterError::request(doing, source)),
            }
        })
    }

    /// Writes annotations on a Migration as it was read, and returns it as it is then; `None` when it has changed
    /// meanwhile, and nothing was written.
    ///
    /// # Errors
    /// [`ClusterError`]; what admission policies say is [`ClusterError::Refused`].
    pub(crate) fn annotate(
        &self,
        doing: &str,
        migration: &Migration,
        annotations: &BTreeMap<&'static str, String>,
    ) -> Result<Option<Migration>, ClusterError> {
        let metadata = &migration.metadata;
        let name = metadata.name.as_deref().unwrap_or_default();
        let namespace = metadata.namespace.as_deref().unwrap_or_default();
        // With the resourceVersion, what was checked is what is written to.
        let patch = json!({
            "metadata": {"resourceVersion": metadata.resource_version, "annotations": annotations},
        });
        self.answer(doing, async {
            let patched = Api::<Migration>::namespaced(self.client.clone(), namespace)
                .patch(
                    name,
                    &PatchParams {
                        field_manager: Some(FIELD_MANAGER.to_owned()),
                        ..PatchParams::default()
                    },
                    &Patch::Merge(&patch),
                )
                .await;
            match patched {
                Ok(migration) => Ok(Some(migration)),
                Err(kube::Error::Api(status)) if status.code == 409 => Ok(None),
                Err(source) => Err(ClusterError::write(doing, source)),
            }
        })
    }
}
