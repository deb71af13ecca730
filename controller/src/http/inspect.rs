//! `/v1/inspect`: a SealedSecret in, the key of each of its items out.

use api::endpoints::{INSPECT, Inspected};
use api::sealed_secret::SealedSecret;
use axum::extract::Request;
use axum::response::Response;
use manifests::opening::keys_of_items;
use sealing::Fingerprint;

use super::front::{Front, Peer};
use super::intake::{Done, Intake, Work};
use super::refusal::Refusal;
use crate::keys::Keys;

/// Returns the fingerprints of the keys. Why an item has none is not told.
pub(super) async fn answer(
    intake: &Intake,
    front: &Front,
    peer: Peer,
    request: Request,
) -> Result<Response, Refusal> {
    // In a box, for it holds all of a request's way.
    let taken = Box::pin(intake.take(Work::Inspect, request, keys_of));
    let all_open = |done: &Done<Option<String>>| done.items.iter().all(|(_, key)| key.is_some());
    let done = front.in_bulk(INSPECT, peer, taken, all_open).await?;
    let (namespace, name) = super::names(&done.document);
    let opened = done.items.iter().filter(|(_, key)| key.is_some()).count();
    tracing::info!(
        namespace,
        name,
        items = done.items.len(),
        opened,
        "object of a caller inspected"
    );
    let answer = Inspected {
        newest: done.newest,
        items: done.items.into_iter().collect(),
    };
    Ok(super::json("application/json", &answer))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the form of everything that deals with a part"
)]
fn keys_of(
    part: &SealedSecret,
    keys: &Keys,
    hints: &mut Vec<Fingerprint>,
) -> Result<Vec<(String, Option<String>)>, Refusal> {
    let items = keys_of_items(part, &keys.ring, hints)
        .into_iter()
        .map(|(item, key)| {
            let key = key.ok();
            if let Some(key) = &key {
                *hints = vec![key.clone()];
            }
            (item, key.map(|key| key.to_string()))
        });
    Ok(items.collect())
}
