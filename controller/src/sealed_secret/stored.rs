//! A SealedSecret as the API server has it, even one that has not the shape of one.
//!
//! A cluster may hold objects from before its CRD had a schema, and the schema lets a template's metadata hold
//! anything. One of them must not stop the watch of all, and its own status must say what is wrong.

use std::borrow::Cow;
use std::sync::Arc;

use api::sealed_secret::{SealedSecret, SealedSecretSpec, SealedSecretStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use manifests::documents::{self, DocumentError};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;

/// A stored object.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// The object; of one that is malformed, its metadata and status.
    pub(crate) sealed: Arc<SealedSecret>,
    /// What is wrong with its shape: the field and what belongs there, never what is there.
    pub(crate) malformed: Option<Arc<str>>,
}

impl Stored {
    /// Returns an object that only carries a status to the API server, which takes nothing else of it.
    pub(crate) fn status(metadata: ObjectMeta, status: SealedSecretStatus) -> Self {
        let mut sealed = SealedSecret::new("", SealedSecretSpec::default());
        sealed.metadata = metadata;
        sealed.status = Some(status);
        Self {
            sealed: Arc::new(sealed),
            malformed: None,
        }
    }
}

impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        if let Ok(sealed) = SealedSecret::deserialize(&value) {
            let (sealed, malformed) = (Arc::new(sealed), None);
            return Ok(Self { sealed, malformed });
        }
        let part = |field: &str| value.get(field).unwrap_or(&Value::Null);
        // The API server keeps no object whose own metadata is not in order. The reason is left out: it may quote.
        let metadata = ObjectMeta::deserialize(part("metadata"))
            .map_err(|_| D::Error::custom("an object has no metadata"))?;
        let mut sealed = SealedSecret::new("", SealedSecretSpec::default());
        sealed.metadata = metadata;
        sealed.status = SealedSecretStatus::deserialize(part("status")).ok();
        Ok(Self {
            sealed: Arc::new(sealed),
            malformed: Some(what_is_wrong(&value).into()),
        })
    }
}

impl Serialize for Stored {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.sealed.serialize(to)
    }
}

fn what_is_wrong(value: &Value) -> String {
    let text = serde_json::to_vec(value).unwrap_or_default();
    let read = documents::read("object", &text).and_then(|documents| match documents.as_slice() {
        [document] => document.to::<SealedSecret>().map(drop),
        _ => Ok(()),
    });
    let place = match read {
        Err(DocumentError::Field { path, message, .. }) => format!(": `{path}`: {message}"),
        _ => String::new(),
    };
    format!("the stored object has not the shape of a SealedSecret{place}")
}

impl Resource for Stored {
    type DynamicType = ();
    type Scope = kube::core::NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        SealedSecret::kind(&())
    }

    fn group((): &()) -> Cow<'_, str> {
        SealedSecret::group(&())
    }

    fn version((): &()) -> Cow<'_, str> {
        SealedSecret::version(&())
    }

    fn plural((): &()) -> Cow<'_, str> {
        SealedSecret::plural(&())
    }

    fn meta(&self) -> &ObjectMeta {
        &self.sealed.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut Arc::make_mut(&mut self.sealed).metadata
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stored(spec: &Value) -> Stored {
        let object = json!({
            "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
            "metadata": { "name": "app", "namespace": "shop", "uid": "u1", "generation": 3 },
            "spec": spec, "status": { "observedGeneration": 2 },
        });
        serde_json::from_value(object).unwrap()
    }

    #[test]
    fn an_object_as_it_should_be_is_read_whole() {
        let stored = stored(&json!({ "encryptedData": { "a": "AgA=" } }));
        assert_eq!(stored.malformed, None);
        assert_eq!(stored.sealed.spec.encrypted_data["a"], "AgA=");
    }

    #[test]
    fn a_malformed_object_names_the_field_and_keeps_its_metadata_and_status() {
        for (spec, said) in [
            (
                json!({ "encryptedData": { "a": 987_654_321 } }),
                "`spec.encryptedData.a`: expected a string, found a number",
            ),
            (
                json!({ "encryptedData": { "a": { "canary": true } } }),
                "`spec.encryptedData.a`",
            ),
            (json!({ "encryptedData": ["canary"] }), "`spec.encryptedData`"),
            (
                json!({ "encryptedData": {}, "template": { "metadata": { "generation": "canary" } } }),
                "`spec.template.metadata.generation`",
            ),
            (json!("canary"), "`spec`"),
        ] {
            let stored = stored(&spec);
            let malformed = stored.malformed.unwrap();
            assert!(malformed.contains(said), "{malformed}");
            assert!(
                !malformed.contains("canary") && !malformed.contains("987654321"),
                "{malformed}"
            );
            assert_eq!(stored.sealed.metadata.uid.as_deref(), Some("u1"));
            assert_eq!(
                stored.sealed.status.as_ref().unwrap().observed_generation,
                Some(2)
            );
        }
    }
}
