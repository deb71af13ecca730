//! The engine through its public API. That it does what Go does is shown by the live tests, which ask Go.

#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    reason = "what tests share fails the test that calls it"
)]

mod analysis;
mod errors;
mod format;
mod language;
mod limits;
mod render;
mod robustness;
