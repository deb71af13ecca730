//! A namespace for one test.

use std::thread;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use kube::Api;
use kube::api::{DeleteParams, ObjectMeta, PostParams};

use crate::cluster::Cluster;
use crate::eventually::eventually;
use crate::fail::OrFail;
use crate::unique::unique_name;

/// A namespace of one test, deleted when dropped.
#[must_use = "the namespace is deleted when this is dropped"]
pub struct TestNamespace {
    name: String,
    cluster: Cluster,
    deleted: bool,
}

impl Cluster {
    /// Creates a namespace `PREFIX-<random>` and waits until its default `ServiceAccount` is there.
    ///
    /// # Panics
    /// When the API server refuses it: `prefix` must be the beginning of a DNS label, 52 characters at most.
    pub async fn namespace(&self, prefix: &str) -> TestNamespace {
        self.namespace_called(&unique_name(prefix)).await
    }

    /// Creates a namespace of this very name, for tests that speak of it before it is there.
    ///
    /// # Panics
    /// When the API server refuses it.
    pub async fn namespace_called(&self, name: &str) -> TestNamespace {
        let name = name.to_owned();
        let object = Namespace {
            metadata: ObjectMeta {
                name: Some(name.clone()),
                ..ObjectMeta::default()
            },
            ..Namespace::default()
        };
        Api::all(self.client.clone())
            .create(&PostParams::default(), &object)
            .await
            .or_fail(|| format!("creating the namespace `{name}`"));
        let namespace = TestNamespace {
            name: name.clone(),
            cluster: self.clone(),
            deleted: false,
        };
        let accounts: Api<ServiceAccount> = Api::namespaced(self.client.clone(), &name);
        eventually("a new namespace has its default ServiceAccount", async || {
            accounts.get("default").await
        })
        .await;
        namespace
    }
}

impl TestNamespace {
    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns access to the objects of one kind in this namespace.
    pub fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = kube::core::NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.cluster.client.clone(), &self.name)
    }

    /// Deletes the namespace and waits until it and everything in it is gone.
    ///
    /// # Panics
    /// When it is still there after 30 seconds, for example because of a finalizer that nobody removes.
    pub async fn delete(mut self) {
        self.deleted = true;
        let namespaces: Api<Namespace> = Api::all(self.cluster.client.clone());
        namespaces
            .delete(&self.name, &DeleteParams::background())
            .await
            .or_fail(|| format!("deleting the namespace `{}`", self.name));
        let what = format!("the namespace `{}` is gone", self.name);
        eventually(&what, async || match namespaces.get_opt(&self.name).await {
            Ok(None) => Ok(()),
            Ok(Some(left)) => Err(format!("{:?}", left.status)),
            Err(error) => Err(error.to_string()),
        })
        .await;
    }
}

impl Drop for TestNamespace {
    /// Asks for the deletion and does not wait for its end; a failure is ignored, since the server ends
    /// with the run.
    fn drop(&mut self) {
        if self.deleted {
            return;
        }
        let server = self.cluster.server();
        let name = self.name.clone();
        // A thread with a runtime of its own: `drop` may run inside a runtime, or after its end.
        let deletion = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .ok()?;
            runtime.block_on(async {
                let namespaces: Api<Namespace> = Api::all(Cluster::connect(&server).client);
                let parameters = DeleteParams::background();
                let request = namespaces.delete(&name, &parameters);
                tokio::time::timeout(Duration::from_secs(5), request)
                    .await
                    .ok()?
                    .ok()
            })
        });
        let _ = deletion.join();
    }
}
