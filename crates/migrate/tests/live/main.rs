//! Against real databases: Postgres of the testkit, SQLite files.
//! They need servers: run `cargo xtask test -p migrate`.

#![expect(clippy::panic, reason = "a helper of tests fails the test that called it")]

mod cases;
mod concurrency;
mod connection;
mod crash;
mod database;
mod drift;
mod killed;
mod refusals;
mod rows;
mod samples;
mod tutorial;
mod waiting;
