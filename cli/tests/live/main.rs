//! The command line against a real API server, the real Sealed Secrets controller, the real kubeseal, and Postgres.

#![expect(
    clippy::unwrap_used,
    reason = "fixtures fail their test as the tests themselves do"
)]

mod cluster;
mod config;
mod grants;
mod install;
mod item;
mod key_usage;
mod keys_rotate;
mod kubeseal;
mod kubeseal_modes;
mod migrations;
mod migrations_wait;
mod opener;
mod program;
mod schema_objects;
mod schemahero;
