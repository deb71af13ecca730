//! The SealedSecrets that live in a cluster.

use std::fmt;

use api::sealed_secret::SealedSecret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, ListParams};
use kube::core::{DeserializeGuard, ObjectList};
use serde::Serialize;

use super::{Cluster, ClusterError};

/// How many the API server is asked for at a time; one has some kilobytes.
const PAGE: u32 = 500;

/// How often a list is begun again whose rest the API server has forgotten.
const RESTARTS: u32 = 3;

type Page = ObjectList<DeserializeGuard<SealedSecret>>;

/// All SealedSecrets of a cluster at one moment.
#[derive(Default)]
pub(crate) struct Listed {
    /// Those that can be read.
    pub(crate) objects: Vec<SealedSecret>,
    /// Those that have not the shape of a SealedSecret; a cluster may hold them from before its CRD had a schema.
    pub(crate) misshapen: Vec<ObjectName>,
}

/// An object by its namespace and name; printed as `namespace/name`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct ObjectName {
    /// Its namespace.
    pub(crate) namespace: String,
    /// Its name.
    pub(crate) name: String,
}

impl ObjectName {
    /// The name in an object's metadata.
    pub(crate) fn of(metadata: &ObjectMeta) -> Self {
        Self {
            namespace: metadata.namespace.clone().unwrap_or_default(),
            name: metadata.name.clone().unwrap_or_default(),
        }
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

impl Cluster {
    /// The SealedSecrets of all namespaces as they are now, read page by page, each with a deadline of its own.
    ///
    /// # Errors
    /// [`ClusterError`], for instance without the right to list them in all namespaces;
    /// [`ClusterError::NoSealedSecrets`] where the cluster doesn't know the kind.
    pub(crate) fn sealed_secrets(&self) -> Result<Listed, ClusterError> {
        let doing = "listing the SealedSecrets in all namespaces";
        let mut restarts = 0;
        let mut listed = Listed::default();
        let mut asked = ListParams::default().limit(PAGE);
        loop {
            match self.page(doing, &asked, restarts < RESTARTS)? {
                // The API server forgets a list after some minutes. What was read of it is of a moment that is over.
                None => {
                    restarts += 1;
                    listed = Listed::default();
                    asked = ListParams::default().limit(PAGE);
                }
                Some(page) => {
                    page.items.into_iter().for_each(|object| listed.add(object));
                    match page.metadata.continue_.filter(|token| !token.is_empty()) {
                        Some(token) => asked = asked.continue_token(&token),
                        None => return Ok(listed),
                    }
                }
            }
        }
    }

    /// The next page, or `None` when the list must be begun again.
    fn page(&self, doing: &str, asked: &ListParams, restart: bool) -> Result<Option<Page>, ClusterError> {
        let api = Api::<DeserializeGuard<SealedSecret>>::all(self.client.clone());
        self.answer(doing, async {
            match api.list(asked).await {
                Ok(page) => Ok(Some(page)),
                Err(kube::Error::Api(status)) if status.code == 410 && restart => Ok(None),
                Err(source) => Err(ClusterError::sealed_secrets(doing, source)),
            }
        })
    }
}

impl Listed {
    fn add(&mut self, object: DeserializeGuard<SealedSecret>) {
        match object.0 {
            Ok(mut sealed) => {
                // The larger half of an object, and nothing of it is looked at.
                sealed.metadata.managed_fields = None;
                self.objects.push(sealed);
            }
            Err(invalid) => self.misshapen.push(ObjectName::of(&invalid.metadata)),
        }
    }
}
