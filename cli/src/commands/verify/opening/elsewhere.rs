//! Where an item that doesn't open would: what was changed since it was sealed.

use std::collections::BTreeMap;

use api::sealed_secret::SealedSecret;
use manifests::scope;
use sealing::Scope;

use crate::opener::Opener;

/// In words, under which scope or name the item opens; `None` if under none that the object itself suggests.
///
/// Only with keys at hand: a controller is not to be asked for what an object doesn't claim.
pub(super) fn opens_as(sealed: &SealedSecret, item: &str, opener: &Opener) -> Option<String> {
    if !matches!(opener, Opener::Keys(_)) {
        return None;
    }
    let mut alone = sealed.clone();
    alone.spec.encrypted_data.retain(|key, _| key == item);
    let own = scope::of_sealed_secret(&sealed.metadata);
    let scopes = [Scope::Strict, Scope::NamespaceWide, Scope::ClusterWide]
        .into_iter()
        .filter(|scope| *scope != own)
        .map(|scope| {
            (
                scoped(&alone, scope),
                format!("it was sealed for the scope {scope}"),
            )
        });
    let named = named_as_template(&alone).map(|named| {
        let metadata = &named.metadata;
        let as_what = format!(
            "it was sealed as `{}/{}`",
            metadata.namespace.as_deref().unwrap_or_default(),
            metadata.name.as_deref().unwrap_or_default()
        );
        (named, as_what)
    });
    scopes
        .chain(named)
        .find(|(candidate, _)| {
            opener
                .keys_of_items(candidate)
                .is_ok_and(|keys| keys.items.get(item).is_some_and(Result::is_ok))
        })
        .map(|(_, said)| said)
}

fn scoped(sealed: &SealedSecret, scope: Scope) -> SealedSecret {
    let mut sealed = sealed.clone();
    scope::annotate(
        sealed.metadata.annotations.get_or_insert_with(BTreeMap::new),
        scope,
    );
    sealed
}

/// With the name and namespace of the template, which are those it was sealed under if the document was edited since.
fn named_as_template(sealed: &SealedSecret) -> Option<SealedSecret> {
    let template = sealed.spec.template.as_ref()?.metadata.clone()?;
    let mut named = sealed.clone();
    named.metadata.name = template.name.or(named.metadata.name);
    named.metadata.namespace = template.namespace.or(named.metadata.namespace);
    let moved = (&named.metadata.name, &named.metadata.namespace)
        != (&sealed.metadata.name, &sealed.metadata.namespace);
    moved.then_some(named)
}
