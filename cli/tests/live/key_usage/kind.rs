//! The kind SealedSecret in a group of one test's own: its definition, and its objects.

use api::sealed_secret::SealedSecret;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use kube::{Api, Client};
use testkit::eventually;

/// Whose definition of SealedSecrets the cluster has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Definition {
    Ours,
    /// It knows nothing of counts, and drops them.
    Upstreams,
    /// The cluster doesn't know the kind.
    Nobodys,
}

/// SealedSecrets of one group.
#[derive(Clone)]
pub(super) struct Kind {
    client: Client,
    pub(super) group: String,
}

impl Kind {
    /// Defines the kind in a group of its own and waits until it is served.
    pub(super) async fn new(client: &Client, definition: Definition) -> Self {
        let group = format!("{}.test", testkit::unique_name("sealed"));
        let kind = Self {
            client: client.clone(),
            group,
        };
        let mut crd = match definition {
            Definition::Ours => api::sealed_secret::crd(),
            Definition::Upstreams => {
                let file = std::fs::read(&testkit::servers().tools.sealed_secrets_crd).unwrap();
                manifests::documents::read("crd", &file).unwrap()[0].to().unwrap()
            }
            Definition::Nobodys => return kind,
        };
        crd.spec.group.clone_from(&kind.group);
        crd.metadata.name = Some(kind.name());
        kind.definitions()
            .create(&PostParams::default(), &crd)
            .await
            .unwrap();
        eventually("the kind is served", async || {
            kind.objects("default")
                .list(&ListParams::default().limit(1))
                .await
        })
        .await;
        kind
    }

    /// Creates an object, and returns it as it is stored.
    pub(super) async fn create(&self, sealed: &SealedSecret) -> SealedSecret {
        let namespace = sealed.metadata.namespace.as_deref().unwrap();
        let created = self
            .objects(namespace)
            .create(&PostParams::default(), &self.object(sealed))
            .await;
        read(created.unwrap())
    }

    /// Creates an object with any spec.
    pub(super) async fn create_with_spec(&self, namespace: &str, name: &str, spec: serde_json::Value) {
        let mut object = self.object(&SealedSecret::new(
            name,
            api::sealed_secret::SealedSecretSpec::default(),
        ));
        object.data["spec"] = spec;
        self.objects(namespace)
            .create(&PostParams::default(), &object)
            .await
            .unwrap();
    }

    /// Writes the status as the controller does, and returns the object as it is stored.
    pub(super) async fn write_status(&self, sealed: &SealedSecret) -> SealedSecret {
        let namespace = sealed.metadata.namespace.as_deref().unwrap();
        let name = sealed.metadata.name.as_deref().unwrap();
        let patch = Patch::Merge(serde_json::json!({ "status": sealed.status }));
        let written = self
            .objects(namespace)
            .patch_status(name, &PatchParams::default(), &patch)
            .await;
        read(written.unwrap())
    }

    /// Gives an object the spec of another one; its status stays.
    pub(super) async fn replace_spec(&self, sealed: &SealedSecret) {
        let namespace = sealed.metadata.namespace.as_deref().unwrap();
        let name = sealed.metadata.name.as_deref().unwrap();
        let objects = self.objects(namespace);
        let mut object = objects.get(name).await.unwrap();
        object.data["spec"] = serde_json::to_value(&sealed.spec).unwrap();
        objects
            .replace(name, &PostParams::default(), &object)
            .await
            .unwrap();
    }

    /// Takes a definition away, and with it the objects.
    pub(super) async fn remove(client: &Client, name: &str) {
        // What is left ends with the run.
        let definitions = Api::<CustomResourceDefinition>::all(client.clone());
        let _ = definitions.delete(name, &DeleteParams::background()).await;
    }

    fn name(&self) -> String {
        format!("sealedsecrets.{}", self.group)
    }

    fn definitions(&self) -> Api<CustomResourceDefinition> {
        Api::all(self.client.clone())
    }

    fn resource(&self) -> ApiResource {
        ApiResource::from_gvk_with_plural(
            &GroupVersionKind::gvk(&self.group, "v1alpha1", "SealedSecret"),
            "sealedsecrets",
        )
    }

    fn objects(&self, namespace: &str) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), namespace, &self.resource())
    }

    fn object(&self, sealed: &SealedSecret) -> DynamicObject {
        let mut object = serde_json::to_value(sealed).unwrap();
        object["apiVersion"] = format!("{}/v1alpha1", self.group).into();
        serde_json::from_value(object).unwrap()
    }
}

fn read(object: DynamicObject) -> SealedSecret {
    serde_json::from_value(serde_json::to_value(object).unwrap()).unwrap()
}
