//! The real kubeseal and this crate, each with the other's documents.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests fails the test that called it"
)]

mod edit;
mod go_reader;
mod kubeseal;
