//! Controllers that are killed with SIGKILL at a boundary, and the next one, which has to find the truth.
//!
//! The boundaries are those of the database (just before a statement is sent, just after the server has answered it)
//! and those of the API server (a write that is lost, a write whose answer is lost). The kinds of kill of the session and
//! of the server are met by the tests of the crate `migrate`.
//!
//! By default a sample is run; `cargo xtask soak crash` runs all of it as often as it is asked to.

mod drift;
mod life;
mod statements;
mod truth;
mod workers;
mod writes;
