//! The public API: golden cases, documents of every bad kind, keys, unsealing.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of tests fails the test that called it"
)]

mod cases;
mod documents;
mod edit;
mod fields;
mod fixture;
mod fuzz;
mod keys;
mod lists;
mod reseal;
mod seal;
mod templates;
mod unseal;
