//! What is said about a SealedSecret that does not open.

use std::fmt::Write as _;

use api::names::SEALED_WITH;
use api::sealed_secret::SealedSecret;
use manifests::opening::{ItemFailure, ItemReason};
use manifests::unseal::UnsealError;
use sealing::{Fingerprint, KeyRing, OpenError};

use crate::error::CommandError;

/// The error for people: items that fail for one reason are named together, and the key that the
/// object says it was sealed with is compared with those at hand.
pub(crate) fn explain(error: UnsealError, sealed: &SealedSecret, ring: &KeyRing) -> CommandError {
    let UnsealError::Items { failures, untried } = error else {
        return error.into();
    };
    let mut said = by_reason(&failures);
    if untried > 0 {
        // Writing to a String cannot fail.
        let _ = write!(said, "; {untried} more items were not tried");
    }
    let error = CommandError::message(said);
    match hint(&failures, sealed, ring) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn by_reason(failures: &[ItemFailure]) -> String {
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    for failure in failures {
        let reason = failure.reason.to_string();
        let item = format!("`{}`", failure.item);
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, items)) => items.push(item),
            None => reasons.push((reason, vec![item])),
        }
    }
    let said = reasons.into_iter().map(|(reason, items)| {
        let word = if items.len() == 1 { "item" } else { "items" };
        format!("{word} {}: {reason}", items.join(", "))
    });
    said.collect::<Vec<_>>().join("; ")
}

fn hint(failures: &[ItemFailure], sealed: &SealedSecret, ring: &KeyRing) -> Option<String> {
    let without_key =
        |failure: &ItemFailure| matches!(failure.reason, ItemReason::Open(OpenError::NoKey { .. }));
    if !failures.iter().any(without_key) {
        return None;
    }
    let named = sealed.metadata.annotations.as_ref()?.get(SEALED_WITH)?;
    let keys: Vec<Fingerprint> = named
        .split(',')
        .filter_map(|word| word.trim().parse().ok())
        .collect();
    if keys.is_empty() {
        return None;
    }
    if keys.iter().any(|key| ring.get(key).is_some()) {
        Some(format!(
            "the key that `{SEALED_WITH}` names is at hand, so name, namespace or scope are not those it was sealed for"
        ))
    } else {
        let list: Vec<_> = keys.iter().map(ToString::to_string).collect();
        Some(format!(
            "`{SEALED_WITH}` names the key {}, which is not at hand",
            list.join(", ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(item: &str, len: usize) -> ItemFailure {
        ItemFailure {
            item: item.to_owned(),
            reason: OpenError::Truncated { len, needed: 258 }.into(),
        }
    }

    #[test]
    fn items_that_fail_for_one_reason_are_named_together() {
        let said = by_reason(&[failure("a", 1), failure("b", 7), failure("c", 1)]);
        assert_eq!(
            said,
            "items `a`, `c`: the item is cut short: it has 1 bytes and needs at least 258; \
             item `b`: the item is cut short: it has 7 bytes and needs at least 258"
        );
    }
}
