//! What runs in a cluster, and what its API server knows: the things to see before something is installed beside them.

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::Service;
use kube::Resource;
use kube::api::Api;
use serde::de::DeserializeOwned;

use super::{Cluster, ClusterError, page_by_page};

/// How many objects the API server is asked for at a time.
const PAGE: u32 = 200;

impl Cluster {
    /// The Deployments of all namespaces.
    ///
    /// # Errors
    /// [`ClusterError`], for instance without the right to list them.
    pub(crate) fn deployments(&self) -> Result<Vec<Deployment>, ClusterError> {
        self.everywhere("listing the Deployments of all namespaces")
    }

    /// The `StatefulSets` of all namespaces.
    ///
    /// # Errors
    /// [`ClusterError`], for instance without the right to list them.
    pub(crate) fn stateful_sets(&self) -> Result<Vec<StatefulSet>, ClusterError> {
        self.everywhere("listing the StatefulSets of all namespaces")
    }

    /// The Service of that name, or `None` when there is none.
    ///
    /// # Errors
    /// [`ClusterError`], for instance without the right to get it.
    pub(crate) fn service(&self, namespace: &str, name: &str) -> Result<Option<Service>, ClusterError> {
        let doing = format!("reading Service `{namespace}/{name}`");
        self.answer(&doing, async {
            Api::<Service>::namespaced(self.client.clone(), namespace)
                .get_opt(name)
                .await
                .map_err(|source| ClusterError::request(&doing, source))
        })
    }

    /// Whether the API server serves a resource, such as `pods` of `v1`.
    ///
    /// # Errors
    /// [`ClusterError`] when it gives no answer.
    pub(crate) fn serves(&self, group_version: &str, resource: &str) -> Result<bool, ClusterError> {
        let doing = format!("asking which kinds of `{group_version}` the cluster has");
        self.answer(&doing, async {
            match self.client.list_api_group_resources(group_version).await {
                Ok(list) => Ok(list.resources.iter().any(|served| served.name == resource)),
                Err(kube::Error::Api(status)) if status.code == 404 => Ok(false),
                Err(source) => Err(ClusterError::request(&doing, source)),
            }
        })
    }

    fn everywhere<K>(&self, doing: &str) -> Result<Vec<K>, ClusterError>
    where
        K: Resource<DynamicType = ()> + Clone + DeserializeOwned + std::fmt::Debug,
    {
        self.answer(doing, async {
            let api = Api::<K>::all(self.client.clone());
            let found = page_by_page(&api, PAGE).await;
            found.map_err(|source| ClusterError::request(doing, source))
        })
    }
}
