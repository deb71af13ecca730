//! Secret to SealedSecret.

use std::collections::BTreeMap;

use api::names::{KEPT_VALUES, KUBECFG_LAST_APPLIED, KUBECTL_LAST_APPLIED, SEALED_WITH};
use api::sealed_secret::{SealedSecret, SealedSecretSpec, SecretTemplate};
use aws_lc_rs::rand::SecureRandom;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{Certificate, Scope};

use crate::scope;

mod binding;
mod keep;

pub use binding::{Binding, BindingError, is_placeholder};
pub use keep::{NamePattern, NamePatternError, is_never_kept};

/// How a Secret is sealed.
#[derive(Clone, Debug, Default)]
pub struct SealOptions<'a> {
    /// The scope asked for; see [`scope::of_secret`].
    pub scope: Option<Scope>,
    /// Whether the SealedSecret names its key in [`SEALED_WITH`], so that a controller with many keys
    /// needs one try.
    pub hint: bool,
    /// Whether a Secret without values is sealed.
    pub allow_empty_data: bool,
    /// Namespace of a Secret that names none; another one than the Secret's is an error.
    pub namespace: Option<&'a str>,
    /// Labels and annotations of the Secret that the SealedSecret gets too: tools such as Argo CD look for
    /// theirs on the object that is in Git.
    pub keep_metadata: &'a [NamePattern],
}

/// A Secret that can't be sealed. The messages are kubeseal's where it has one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// No `metadata.name`.
    #[error("missing metadata.name in input Secret")]
    MissingName,
    /// No namespace, and a scope that binds to one.
    #[error("secret `{name}` must declare a namespace; set metadata.namespace or pass --namespace")]
    MissingNamespace {
        /// Name of the Secret.
        name: String,
    },
    /// Two namespaces.
    #[error("namespace mismatch: input secret is in namespace \"{of_secret}\" but \"{asked}\" was specified")]
    NamespaceMismatch {
        /// The Secret's.
        of_secret: String,
        /// The one asked for.
        asked: String,
    },
    /// Nothing to seal.
    #[error(
        "secret.data is empty in input Secret `{name}`, assuming this is an error and aborting; to work with \
         empty data, --allow-empty-data can be used"
    )]
    EmptyData {
        /// Name of the Secret.
        name: String,
    },
    /// An item failed.
    #[error("item `{item}` of secret `{name}` could not be sealed")]
    Item {
        /// Name of the Secret.
        name: String,
        /// Key of the value.
        item: String,
        /// The reason.
        source: sealing::SealError,
    },
}

/// Returns the SealedSecret of a Secret.
///
/// `stringData` wins over `data`. The template is the Secret's metadata without what a cluster adds and
/// without the annotations in which kubectl and kubecfg keep a copy of the whole object; the SealedSecret's
/// own metadata is name, namespace, scope annotation, and of labels and annotations what
/// [`SealOptions::keep_metadata`] names. The certificate's time is the caller's to check
/// ([`Certificate::check_valid`]).
///
/// # Errors
/// [`SealError`].
pub fn seal(
    secret: &Secret,
    certificate: &Certificate,
    options: &SealOptions<'_>,
    random: &dyn SecureRandom,
) -> Result<SealedSecret, SealError> {
    let scope = scope::of_secret(&secret.metadata, options.scope);
    let mut metadata = template_metadata(&secret.metadata, scope, options.namespace)?;
    if scope != scope::of_sealed_secret(&metadata) {
        scope::annotate(metadata.annotations.get_or_insert_default(), scope);
    }
    let name = metadata.name.clone().unwrap_or_default();

    let values = values(secret);
    if values.is_empty() && !options.allow_empty_data {
        return Err(SealError::EmptyData { name });
    }

    let label = scope::label(&metadata, scope);
    let mut encrypted_data = BTreeMap::new();
    for (key, value) in values {
        let item = certificate
            .public_key()
            .seal(random, &label, value)
            .map_err(|source| SealError::Item {
                name: name.clone(),
                item: key.to_owned(),
                source,
            })?;
        encrypted_data.insert(key.to_owned(), sealing::encode_item(&item));
    }

    let mut annotations = keep::kept(metadata.annotations.as_ref(), options.keep_metadata);
    scope::annotate(&mut annotations, scope);
    if options.hint {
        annotations.insert(SEALED_WITH.to_owned(), certificate.fingerprint().to_string());
    }
    let labels = keep::kept(metadata.labels.as_ref(), options.keep_metadata);
    let mut sealed = SealedSecret::new(
        &name,
        SealedSecretSpec {
            data: None,
            encrypted_data,
            template: Some(SecretTemplate {
                data: None,
                immutable: secret.immutable,
                metadata: Some(metadata.clone()),
                type_: secret.type_.clone().filter(|type_| !type_.is_empty()),
            }),
        },
    );
    sealed.metadata.namespace = metadata.namespace;
    sealed.metadata.labels = Some(labels).filter(|labels| !labels.is_empty());
    sealed.metadata.annotations = Some(annotations).filter(|annotations| !annotations.is_empty());
    Ok(sealed)
}

/// Returns the values of a Secret by key; `stringData` wins over `data`.
pub fn values(secret: &Secret) -> BTreeMap<&str, &[u8]> {
    let data = secret.data.iter().flatten();
    let string_data = secret.string_data.iter().flatten();
    let data = data.map(|(key, value)| (key.as_str(), value.0.as_slice()));
    data.chain(string_data.map(|(key, value)| (key.as_str(), value.as_bytes())))
        .collect()
}

/// Returns the metadata that the Secret will have.
fn template_metadata(of: &ObjectMeta, scope: Scope, asked: Option<&str>) -> Result<ObjectMeta, SealError> {
    let mut metadata = of.clone();
    let Some(name) = of.name.clone().filter(|name| !name.is_empty()) else {
        return Err(SealError::MissingName);
    };
    metadata.namespace.take_if(|namespace| namespace.is_empty());
    if scope != Scope::ClusterWide {
        match (&metadata.namespace, asked) {
            (Some(namespace), Some(asked)) if namespace != asked => {
                let (of_secret, asked) = (namespace.clone(), asked.to_owned());
                return Err(SealError::NamespaceMismatch { of_secret, asked });
            }
            (Some(_), _) => {}
            (None, Some(asked)) if !asked.is_empty() => metadata.namespace = Some(asked.to_owned()),
            (None, _) => return Err(SealError::MissingNamespace { name }),
        }
    } else if metadata.namespace.is_none() {
        metadata.namespace = asked.filter(|asked| !asked.is_empty()).map(str::to_owned);
    }
    strip(&mut metadata);
    let mut annotations = metadata.annotations.take().unwrap_or_default();
    annotations.remove(KUBECTL_LAST_APPLIED);
    annotations.remove(KUBECFG_LAST_APPLIED);
    annotations.remove(KEPT_VALUES);
    metadata.annotations = Some(annotations).filter(|annotations| !annotations.is_empty());
    Ok(metadata)
}

/// Takes out what only a cluster can set: it would name an object that the new one isn't.
pub(crate) fn strip(metadata: &mut ObjectMeta) {
    metadata.self_link = None;
    metadata.uid = None;
    metadata.resource_version = None;
    metadata.generation = None;
    metadata.creation_timestamp = None;
    metadata.deletion_timestamp = None;
    metadata.deletion_grace_period_seconds = None;
    metadata.owner_references = None;
    metadata.managed_fields = None;
}
