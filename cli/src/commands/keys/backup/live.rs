//! Whether keys open what lives in a cluster.

use std::collections::BTreeSet;

use api::names::{SEALING_KEY_ACTIVE, SEALING_KEY_LABEL};
use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::Secret;
use manifests::keys;
use sealing::Fingerprint;

use crate::cluster::{Cluster, object_name};
use crate::context::Context;
use crate::error::CommandError;
use crate::key_listing;
use crate::key_usage::{KeyUsage, Needed, Unseen};
use crate::printer::printable;

/// How many objects a message names.
const NAMED: usize = 10;

/// What lives.
#[derive(clap::Args, Debug)]
pub(in crate::commands::keys) struct LivesArgs {
    /// Check the keys against the SealedSecrets of these namespaces alone, where several controllers share the
    /// cluster; repeatable. By default against all that live
    #[arg(short, long, value_name = "NAMESPACE", value_delimiter = ',', value_parser = object_name, conflicts_with = "local")]
    namespace: Vec<String>,
}

impl LivesArgs {
    fn covers(&self, sealed: &SealedSecret) -> bool {
        let namespace = sealed.metadata.namespace.as_deref().unwrap_or_default();
        self.namespace.is_empty() || self.namespace.iter().any(|one| one == namespace)
    }
}

/// Opens every item of every live SealedSecret with these keys, believing no status, and says what came of it.
///
/// What no key opens and the controller never opened either is a warning: no backup can help it.
///
/// # Errors
/// When SealedSecrets can't be listed, or the controller opened one with a key that is not among these.
pub(in crate::commands::keys) fn check(
    cluster: &Cluster,
    lives: &LivesArgs,
    secrets: &[Secret],
    what: &str,
    context: &Context,
) -> Result<(), CommandError> {
    let printer = &context.printer;
    let (ring, _) = keys::ring_of_all(secrets);
    let ring = &ring;
    let listed = cluster.sealed_secrets().map_err(|error| {
        CommandError::from(error).context(format!("cannot check that {what} opens what lives"))
    })?;
    let objects: Vec<SealedSecret> = listed
        .objects
        .into_iter()
        .filter(|sealed| lives.covers(sealed))
        .collect();
    let opened = KeyUsage::opened(&objects, ring);
    let believed = KeyUsage::count(objects, ring);
    for unopened in opened.unopened.iter().take(NAMED) {
        printer.warning(&format!(
            "none of the keys opens {} of SealedSecret `{}`",
            printable(&unopened.items.join(", ")),
            unopened.object
        ));
    }
    if opened.unopened.len() > NAMED {
        printer.warning(&format!("nor items of {} more", opened.unopened.len() - NAMED));
    }
    for object in listed.misshapen {
        printer.warning(&format!("not checked: {}", Unseen::Object { object }));
    }
    if let Some((key, needed)) = believed.by_key.iter().find(|(key, _)| ring.get(key).is_none()) {
        return Err(lost(what, key, needed));
    }
    for idle in out_of_use(secrets, context) {
        if let Some(needed) = opened.by_key.get(&idle) {
            printer.warning(&format!(
                "{} items need the key {idle}, whose label takes it out of use: the controller opens them only when \
                 the label `{SEALING_KEY_LABEL}` of its Secret is `{SEALING_KEY_ACTIVE}` again",
                needed.items
            ));
        }
    }
    let items: usize = opened.by_key.values().map(|needed| needed.items).sum();
    printer.note(&format!("{what} opens {items} items that live in the cluster"));
    Ok(())
}

/// The keys that are stored and that no controller uses.
fn out_of_use(secrets: &[Secret], context: &Context) -> BTreeSet<Fingerprint> {
    let listed = key_listing::keys_of(secrets, context.now);
    let used = |key: &Fingerprint| {
        listed
            .iter()
            .any(|one| one.is_in_use() && one.fingerprint.as_ref() == Some(key))
    };
    let stored = listed.iter().filter_map(|one| one.fingerprint.clone());
    stored.filter(|key| !used(key)).collect()
}

fn lost(what: &str, key: &Fingerprint, needed: &Needed) -> CommandError {
    let mut objects: Vec<String> = needed
        .objects
        .iter()
        .take(NAMED)
        .map(ToString::to_string)
        .collect();
    if needed.objects.len() > NAMED {
        objects.push("…".to_owned());
    }
    CommandError::message(format!(
        "{what} does not open everything that lives: the controller opened {} SealedSecrets with the key {key}, which is \
         not stored: {}",
        needed.objects.len(),
        objects.join(", ")
    ))
    .hint("look for its Secret in an older backup before the controller restarts, or seal those Secrets again")
    .hint("if another controller opened them, name the namespaces of this one: --namespace NAMESPACE,…")
}
