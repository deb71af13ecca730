//! A whole SealedSecret back to its Secret, templates rendered.

use std::cell::OnceCell;
use std::time::{Duration, Instant};

use api::sealed_secret::SealedSecret;
use manifests::unseal::{Terms, UnsealError, Unsealed, World, unseal};
use sealing::KeyRing;

use crate::context::Context;

/// How long the templates of one object may take. What they may do is bounded besides.
const RENDERING: Duration = Duration::from_secs(10);

/// Returns the Secret of a SealedSecret. Nothing is kept of what a controller computed: a template with `randAlphaNum`
/// gives another value here than in the cluster.
///
/// # Errors
/// [`UnsealError`]; its message holds no value.
pub(crate) fn open_whole(
    sealed: &SealedSecret,
    ring: &KeyRing,
    context: &Context,
) -> Result<Unsealed, UnsealError> {
    let begun = OnceCell::new();
    let expired = || begun.get_or_init(Instant::now).elapsed() > RENDERING;
    let terms = Terms::new(World {
        now: context.now,
        random: &context.rng,
        expired: &expired,
    });
    unseal(sealed, ring, &[], &terms)
}
