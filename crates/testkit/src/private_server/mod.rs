//! Database servers of a test's own, which it may kill.
//!
//! The shared servers of the run serve all tests and are never killed. These are started by the test from a data
//! folder that is made once a run and copied, which takes about a second. What was committed survives a kill: it was
//! handed to the operating system, which goes on. So nothing waits for the disk (`fsync` is off), and nothing that
//! a kill could tear is switched off with it.

mod folder;
mod mysql;
mod postgres;
mod process;

pub use self::mysql::{PrivateMysql, private_mariadb, private_mysql};
pub use self::postgres::{PrivatePostgres, private_postgres};
