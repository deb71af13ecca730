//! The format against a second implementation, real kubeseal's output, and hostile input.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of tests fails the test that called it"
)]

mod agreement;
mod certificate;
mod fixture;
mod key_ring;
mod private_key;
mod properties;
mod second;
mod upstream;
