//! The private servers do what live tests of other crates take for granted.
//! They need servers: run `cargo xtask test -p testkit`.

#![expect(clippy::unwrap_used, reason = "what tests share fails the test that calls it")]

mod credentials;
mod database_proxy;
mod ddl_record;
mod mysql;
mod namespace;
mod postgres;
mod private_server;
mod proxy;
mod status;
mod upstream;
