//! Against a real server, through `testkit`: what the engine reads, writes and settles there.

#![expect(clippy::unwrap_used, reason = "what tests share fails the test that calls it")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "declarations are written where they are handed over"
)]

mod alter;
mod connect;
mod create;
mod defaults;
mod driver;
mod grants;
mod indexes;
mod journal;
mod kept;
mod keys;
mod lock;
mod tls;
mod watch;
