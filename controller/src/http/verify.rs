//! `/v1/verify`: a SealedSecret in, whether all its items open out; upstream's path and answers.

use api::sealed_secret::SealedSecret;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use manifests::opening::keys_of_items;
use sealing::Fingerprint;

use super::intake::{Intake, Work};
use super::refusal::Refusal;
use crate::keys::Keys;

/// Returns an empty answer when every item opens.
///
/// # Errors
/// [`Refusal::Unopened`] when one does not, whichever and why, and the others as for all bodies. The template is not
/// looked at.
pub(super) async fn answer(intake: &Intake, request: Request) -> Result<Response, Refusal> {
    let done = intake.take(Work::Verify, request, opens).await?;
    let (namespace, name) = super::names(&done.document);
    tracing::info!(
        namespace,
        name,
        items = done.items.len(),
        "object of a caller verified"
    );
    Ok(().into_response())
}

/// Opens a part and keeps nothing of it.
fn opens(
    part: &SealedSecret,
    keys: &Keys,
    hints: &mut Vec<Fingerprint>,
) -> Result<Vec<(String, ())>, Refusal> {
    let mut items = Vec::new();
    for (item, key) in keys_of_items(part, &keys.ring, hints) {
        *hints = vec![key.map_err(|_| Refusal::Unopened)?];
        items.push((item, ()));
    }
    Ok(items)
}
