//! Which key sealed an item, how old it is, and whether it is the newest.

use std::path::Path;

use api::sealed_secret::SealedSecret;
use manifests::documents::Document;
use manifests::verify;
use sealing::{Certificate, Fingerprint, Scope};

use super::InspectArgs;
use super::facts::{Change, Inspection, ToldBy};
use crate::certificate::known;
use crate::config::Config;
use crate::context::Context;
use crate::error::CommandError;
use crate::input;
use crate::namespace::{self, NamespaceLookup};
use crate::opener::Opener;

/// Who can tell about keys.
pub(super) struct Keys<'a> {
    opener: Option<Opener>,
    config: Option<&'a Config>,
    /// The certificate of `--cert`.
    named: Option<Certificate>,
    /// One for each cluster of the configuration, as far as they are known.
    configured: Vec<Option<Certificate>>,
}

impl<'a> Keys<'a> {
    /// Reads keys and certificates.
    ///
    /// # Errors
    /// When what was asked for can't be had. A certificate of the configuration that can't be read is passed over:
    /// `verify` reports it.
    pub(super) fn new(
        args: &InspectArgs,
        config: Option<&'a Config>,
        context: &Context,
    ) -> Result<Self, CommandError> {
        let opener = if args.asks() {
            Some(args.opener.open(context)?)
        } else {
            None
        };
        let named = match &args.cert {
            Some(path) => Some(read(path)?),
            None => None,
        };
        let cache = args.cache.open();
        let configured = config.into_iter().flat_map(|config| {
            let clusters = config.clusters().iter();
            clusters.map(|entry| {
                known(entry, config, &args.opener.cluster, &cache, context.now)
                    .ok()
                    .flatten()
            })
        });
        Ok(Self {
            configured: configured.collect(),
            opener,
            config,
            named,
        })
    }

    /// The namespace that objects of a file get that name none. As in `verify`, where kustomizations differ none of them
    /// is what counts.
    pub(super) fn namespace(&self, path: Option<&Path>, asked: Option<&str>) -> Option<String> {
        let config = self.config;
        let lookup = NamespaceLookup { asked, config };
        let found = lookup.find(path, || path.map_or(Ok(None), namespace::of_kustomization));
        found.ok()
    }

    /// Completes what is said of an object.
    ///
    /// # Errors
    /// When it was asked which keys open the items, and that can't be told.
    pub(super) fn tell(
        &self,
        document: &Document,
        path: Option<&Path>,
        inspection: &mut Inspection,
        context: &Context,
    ) -> Result<(), CommandError> {
        let mut newest = self
            .newest(path)
            .map(|certificate| certificate.fingerprint().clone());
        if let Some(opener) = &self.opener {
            match completed(document, inspection) {
                Ok(sealed) => {
                    let keys = opener.keys_of_items(&sealed).map_err(|error| {
                        error.context(format!("cannot tell the keys of {}", document.place()))
                    })?;
                    newest = newest.or_else(|| keys.newest.clone());
                    for item in &mut inspection.items {
                        match keys.items.get(&item.item) {
                            Some(Ok(key)) => {
                                item.key = Some(key.to_string());
                                item.told_by = Some(ToldBy::Opened);
                            }
                            Some(Err(reason)) => {
                                item.key = None;
                                item.told_by = None;
                                item.problem.get_or_insert_with(|| reason.clone());
                                item.reseal = Change::Fails;
                            }
                            None => {}
                        }
                    }
                }
                Err(why) => context.printer.warning(&format!(
                    "{}: the keys of its items are not known: {why}",
                    document.place()
                )),
            }
        }
        self.compare(newest.as_ref(), inspection);
        Ok(())
    }

    fn compare(&self, newest: Option<&Fingerprint>, inspection: &mut Inspection) {
        for item in &mut inspection.items {
            let Some(key) = item
                .key
                .as_deref()
                .and_then(|key| key.parse::<Fingerprint>().ok())
            else {
                if item.problem.is_some() {
                    item.reseal = Change::Fails;
                }
                continue;
            };
            item.key_created = self.certificate(&key).map(Certificate::not_before);
            item.reseal = match newest {
                None => Change::Unknown,
                Some(newest) if *newest == key => Change::Stays,
                Some(_) => Change::Changes,
            };
        }
        let all_known = inspection.items.iter().all(|item| item.reseal != Change::Unknown);
        inspection.reseal_changes = all_known.then(|| {
            let changes = inspection
                .items
                .iter()
                .filter(|item| item.reseal == Change::Changes);
            changes.count()
        });
        inspection.newest = newest.map(ToString::to_string);
    }

    /// The certificate that would be sealed with now: as named, else of those who have the keys, else of the only
    /// cluster that the file is for.
    fn newest(&self, path: Option<&Path>) -> Option<&Certificate> {
        if self.named.is_some() {
            return self.named.as_ref();
        }
        if let Some(opener) = &self.opener {
            return opener.newest().ok();
        }
        let config = self.config?;
        let rule = match path {
            Some(path) => config.rule_for(path),
            None => config.rule_for_none(),
        };
        let mut of_rule = config
            .clusters()
            .iter()
            .zip(&self.configured)
            .filter(|(entry, _)| match rule.clusters() {
                [] => config.clusters().len() == 1,
                names => names.contains(&entry.name),
            });
        match (of_rule.next(), of_rule.next()) {
            (Some((_, certificate)), None) => certificate.as_ref(),
            _ => None,
        }
    }

    /// The certificate of a key, if any is known.
    fn certificate(&self, key: &Fingerprint) -> Option<&Certificate> {
        let at_hand = self.opener.as_ref().and_then(|opener| opener.certificate(key));
        at_hand.or_else(|| {
            let known = self.named.iter().chain(self.configured.iter().flatten());
            known
                .into_iter()
                .find(|certificate| certificate.fingerprint() == key)
        })
    }
}

/// The object with its namespace, as it is in a cluster.
fn completed(document: &Document, inspection: &Inspection) -> Result<SealedSecret, String> {
    let mut sealed: SealedSecret = document.to().map_err(|error| error.to_string())?;
    sealed.metadata.namespace.clone_from(&inspection.namespace);
    if sealed.metadata.namespace.is_none() && verify::scope(document) != Scope::ClusterWide {
        return Err("it has no namespace; name one with --namespace".to_owned());
    }
    Ok(sealed)
}

fn read(path: &Path) -> Result<Certificate, CommandError> {
    let doing = || format!("cannot use the certificate `{}`", path.display());
    let bytes = input::read_file(path).map_err(|error| error.context(doing()))?;
    Certificate::from_pem(&bytes).map_err(|error| CommandError::failed(error).context(doing()))
}
