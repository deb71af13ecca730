//! The real binary, as a process, against the real API server with its garbage collector.
//!
//! Each test has a namespace of its own, and controllers that watch only this namespace.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its fixtures too"
)]

mod bad_input;
mod chancery;
mod choices;
mod cluster;
mod contract;
mod drift;
mod faults;
mod install;
mod interop;
mod keys;
mod kubeseal_modes;
mod lifecycle;
mod metrics;
mod ownership;
mod pairs;
mod process;
mod proxy;
mod replicas;
mod reseal;
mod reseal_tree;
mod restart;
mod rotation;
mod samples;
mod schema;
mod swap;
mod templates;
mod upstream_roles;
mod usage;
mod verify;
mod verify_endpoint;
