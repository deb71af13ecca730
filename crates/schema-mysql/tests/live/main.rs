//! Against real servers, through `testkit`: what the engine reads, writes and settles on MySQL and on MariaDB.

#![expect(clippy::unwrap_used, reason = "what tests share fails the test that calls it")]

mod collations;
mod connect;
mod create;
mod defaults;
mod driver;
mod grants;
mod journal;
mod kept;
mod lock;
