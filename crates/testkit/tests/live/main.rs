//! The private servers do what live tests of other crates take for granted.
//! They need servers: run `cargo xtask test -p testkit`.

#![expect(clippy::unwrap_used, reason = "what tests share fails the test that calls it")]

mod credentials;
mod namespace;
mod postgres;
mod proxy;
mod upstream;
