//! The public API against files: SQLite needs no server.

mod database;
mod evolution;
mod inspect;
mod journal;
mod lock;
mod rebuild;
mod refusals;
mod resolve;
mod samples;
mod target;
