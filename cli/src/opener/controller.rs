//! The controller of a cluster as what opens SealedSecrets.

use std::collections::{BTreeMap, BTreeSet};

use api::endpoints;
use api::names::SEALED_WITH;
use api::sealed_secret::{SealedSecret, SealedSecretSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use manifests::{opening, scope};
use sealing::{Certificate, Fingerprint};

use super::{ItemKeys, Resealed, ResealedItem};
use crate::cluster::{Cluster, ClusterArgs, Proxy, Rotated};
use crate::error::CommandError;

/// The controller of a cluster.
pub(crate) struct Controller {
    cluster: Cluster,
    proxy: Proxy,
    newest: Certificate,
    inspects: bool,
}

impl Controller {
    /// Finds the controller, and asks for its certificate and what it can do.
    ///
    /// # Errors
    /// When it can't be reached, or gives no certificate.
    pub(super) fn find(args: &ClusterArgs) -> Result<Self, CommandError> {
        let cluster = Cluster::connect(args)?;
        let proxy = cluster.proxy(args)?;
        Self::behind(cluster, proxy, args)
    }

    /// As [`Self::find`], of a controller that is found.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub(super) fn behind(cluster: Cluster, proxy: Proxy, args: &ClusterArgs) -> Result<Self, CommandError> {
        let pem = cluster.certificate(args)?;
        let newest = Certificate::from_pem(&pem).map_err(|error| {
            CommandError::failed(error).context("cannot use the certificate that the controller serves")
        })?;
        let inspects = cluster.inspects(&proxy)?;
        Ok(Self {
            cluster,
            proxy,
            newest,
            inspects,
        })
    }

    /// The certificate that it served when it was found.
    pub(super) fn newest(&self) -> &Certificate {
        &self.newest
    }

    /// Whether it tells which key an item is on. Upstream's doesn't.
    pub(super) fn tells_keys(&self) -> bool {
        self.inspects
    }

    /// See [`super::Opener::reseal`].
    pub(super) fn reseal(&self, sealed: &SealedSecret) -> Result<Resealed, CommandError> {
        let answer = match self.cluster.rotate(&self.proxy, &sent(sealed))? {
            Rotated::Items(answer) => told(answer)?,
            Rotated::Object(items) => self.compared(sealed, items),
        };
        let asked: BTreeSet<_> = keys(&sealed.spec);
        if answer.items.keys().map(String::as_str).ne(asked.iter().copied()) {
            let error = CommandError::message("the controller answered with other items than it was sent");
            return Err(match sealed.spec.data {
                Some(_) => error.hint(
                    "only Chancery's controller keeps the format of before 2019; --key FILE or --local DIR do it here",
                ),
                None => error,
            });
        }
        for (key, item) in &answer.items {
            if item
                .item
                .as_deref()
                .is_some_and(|item| sealing::decode_item(item).is_err())
            {
                return Err(CommandError::message(format!(
                    "the controller answered with an item `{key}` that is no base64"
                )));
            }
        }
        Ok(answer)
    }

    /// Upstream's controller seals every item again, and tells no keys.
    fn compared(&self, sealed: &SealedSecret, items: BTreeMap<String, String>) -> Resealed {
        let items = items.into_iter().map(|(key, item)| {
            let before = sealed.spec.encrypted_data.get(&key);
            let item = Some(item).filter(|item| before != Some(item));
            (key, ResealedItem { from: None, item })
        });
        Resealed {
            newest: self.newest.fingerprint().clone(),
            items: items.collect(),
        }
    }

    /// See [`super::Opener::keys_of_items`].
    pub(super) fn keys_of_items(&self, sealed: &SealedSecret) -> Result<ItemKeys, CommandError> {
        if !self.inspects {
            return Err(CommandError::message(
                "the controller does not tell which keys open an object's items",
            )
            .hint("it is not Chancery's; --key FILE or --local DIR tell it here"));
        }
        let answer = self.cluster.inspect(&self.proxy, &sent(sealed))?;
        let mut items = BTreeMap::new();
        for (item, key) in answer.items {
            let key = match key {
                Some(key) => Ok(fingerprint(&key)?),
                None => Err("no key of the controller opens it".to_owned()),
            };
            items.insert(item, key);
        }
        Ok(ItemKeys {
            newest: Some(fingerprint(&answer.newest)?),
            items,
        })
    }
}

/// What the controller needs of an object, and no more: no label or template tells it, or runs there. Upstream's
/// controller would put into the items what a template makes of them.
fn sent(sealed: &SealedSecret) -> SealedSecret {
    let mut annotations = BTreeMap::new();
    scope::annotate(&mut annotations, scope::of_sealed_secret(&sealed.metadata));
    let own = sealed.metadata.annotations.iter().flatten();
    annotations.extend(
        own.filter(|(name, _)| *name == SEALED_WITH)
            .map(|(name, hint)| (name.clone(), hint.clone())),
    );
    let mut sent = SealedSecret::new(
        "",
        SealedSecretSpec {
            data: sealed.spec.data.clone(),
            encrypted_data: sealed.spec.encrypted_data.clone(),
            template: None,
        },
    );
    sent.metadata = ObjectMeta {
        name: sealed.metadata.name.clone(),
        namespace: sealed.metadata.namespace.clone(),
        annotations: Some(annotations).filter(|annotations| !annotations.is_empty()),
        ..ObjectMeta::default()
    };
    sent
}

fn keys(spec: &SealedSecretSpec) -> BTreeSet<&str> {
    match &spec.data {
        Some(_) if spec.encrypted_data.is_empty() => [opening::DEPRECATED_ITEM].into(),
        _ => spec.encrypted_data.keys().map(String::as_str).collect(),
    }
}

fn told(answer: endpoints::Resealed) -> Result<Resealed, CommandError> {
    let mut items = BTreeMap::new();
    for (key, endpoints::ResealedItem { from, item }) in answer.items {
        let from = Some(fingerprint(&from)?);
        items.insert(key, ResealedItem { from, item });
    }
    Ok(Resealed {
        newest: fingerprint(&answer.newest)?,
        items,
    })
}

fn fingerprint(text: &str) -> Result<Fingerprint, CommandError> {
    text.parse()
        .map_err(|error| CommandError::failed(error).context("cannot read the controller's answer"))
}
