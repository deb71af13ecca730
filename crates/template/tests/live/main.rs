//! Templates through Go and sprig themselves, and through this crate.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests fails the test that called it"
)]

mod case_file;
mod cases;
mod function_kinds;
mod functions;
mod generated;
mod generator;
mod ours;
