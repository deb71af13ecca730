//! The real binary, as a process, against the real API server with its garbage collector.
//!
//! Each test has a namespace of its own, and controllers that watch only this namespace.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its fixtures too"
)]

mod chancery;
mod cluster;
mod contract;
mod drift;
mod faults;
mod install;
mod interop;
mod keys;
mod lifecycle;
mod ownership;
mod process;
mod proxy;
mod replicas;
mod reseal;
mod reseal_tree;
mod restart;
mod rotation;
mod samples;
mod schema;
mod usage;
mod verify;
