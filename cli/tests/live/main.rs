//! The command line against a real API server, the real Sealed Secrets controller, the real kubeseal, and Postgres.

#![expect(
    clippy::unwrap_used,
    reason = "fixtures fail their test as the tests themselves do"
)]

mod cluster;
mod grants;
mod install;
mod kubeseal;
mod migrations;
mod migrations_wait;
mod program;
mod schema_objects;
mod schemahero;
