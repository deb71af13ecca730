//! The public interface, without a server: runs against an engine in memory that can be told to fail.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests fails the test that called it"
)]

mod apply;
mod failed;
mod fake;
mod interrupted;
mod owner;
mod refusals;
mod watched;
