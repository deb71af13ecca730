//! The public API, without a server: what is refused before any connection, and the steps of changes in memory.
#![expect(clippy::unwrap_used, reason = "what tests share fails the test that calls it")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "declarations are written where they are handed over"
)]

mod collations;
mod declared;
mod indexes;
mod refused;
mod steps;
