//! `/v1/rotate`: a SealedSecret in, the same under the newest key out; upstream's path and form.

use api::endpoints::{RESEALED, ROTATE, Resealed, ResealedItem};
use api::names::SEALED_WITH;
use api::sealed_secret::SealedSecret;
use aws_lc_rs::rand::SystemRandom;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use manifests::opening::DEPRECATED_ITEM;
use manifests::reseal::{ResealError, reseal};
use manifests::unseal::UnsealError;
use sealing::Fingerprint;
use serde_json::Value;

use super::front::{Front, Peer};
use super::intake::{Done, Intake, Work};
use super::refusal::Refusal;
use crate::keys::Keys;

/// Returns the object with other ciphertexts, and, for whoever accepts [`RESEALED`], only those.
///
/// Unlike upstream's, the answer keeps everything else of the object, its template too, which doesn't run; and an item
/// that is on the newest key stays as it is.
pub(super) async fn answer(
    intake: &Intake,
    front: &Front,
    peer: Peer,
    request: Request,
) -> Result<Response, Refusal> {
    let items_only = accepts_items(request.headers());
    // In a box, for it holds all of a request's way.
    let taken = Box::pin(intake.take(Work::Rotate, request, seal_again));
    let done = if items_only {
        front.in_bulk(ROTATE, peer, taken, |_| true).await?
    } else {
        front.limit.admit(ROTATE, peer.0)?;
        taken.await?
    };
    let (namespace, name) = super::names(&done.document);
    let changed = done.items.iter().filter(|(_, item)| item.item.is_some()).count();
    tracing::info!(
        namespace,
        name,
        items = done.items.len(),
        changed,
        "object of a caller sealed again"
    );
    if items_only {
        let answer = Resealed {
            newest: done.newest,
            items: done.items.into_iter().collect(),
        };
        Ok(super::json(RESEALED, &answer))
    } else {
        Ok(super::json("application/json", &put(done)))
    }
}

fn accepts_items(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|media_type| media_type.trim() == RESEALED)
}

fn seal_again(
    part: &SealedSecret,
    keys: &Keys,
    hints: &mut Vec<Fingerprint>,
) -> Result<Vec<(String, ResealedItem)>, Refusal> {
    let newest = keys.newest.as_ref().ok_or(Refusal::NoKey)?;
    let resealed =
        reseal(part, &keys.ring, newest, &SystemRandom::new(), hints).map_err(|error| match error {
            ResealError::Unseal(UnsealError::Items { .. }) => Refusal::Unopened,
            ResealError::Unseal(error) => Refusal::Unfit(error.to_string()),
            ResealError::Seal { .. } => Refusal::Failed,
        })?;
    let items = resealed.items.into_iter().map(|(key, item)| {
        *hints = vec![item.from.clone()];
        let (from, item) = (item.from.to_string(), item.item);
        (key, ResealedItem { from, item })
    });
    Ok(items.collect())
}

/// Puts the items where they were. In the object as it came, not as we understand it, so that nothing of it is lost.
fn put(done: Done<ResealedItem>) -> Value {
    let mut object = done.document.value;
    let mut changed = false;
    for (key, item) in done.items {
        let Some(item) = item.item else { continue };
        let spec = object.get_mut("spec");
        let place = spec.and_then(|spec| match spec.get("data") {
            Some(Value::String(_)) if key == DEPRECATED_ITEM => spec.get_mut("data"),
            _ => spec
                .get_mut("encryptedData")
                .and_then(|items| items.get_mut(&key)),
        });
        if let Some(place) = place {
            *place = Value::String(item);
            changed = true;
        }
    }
    let hint = object
        .get_mut("metadata")
        .and_then(|metadata| metadata.get_mut("annotations"))
        .and_then(|annotations| annotations.get_mut(SEALED_WITH));
    if let Some(hint) = hint.filter(|_| changed) {
        *hint = Value::String(done.newest);
    }
    object
}
