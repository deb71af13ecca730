//! The binary without a cluster: its arguments, and an API server that is not there.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its fixtures too"
)]

mod arguments;
mod unreachable;
