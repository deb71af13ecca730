//! The command line from outside: one file per command, each run in a folder of its own.

#![expect(
    clippy::unwrap_used,
    reason = "fixtures fail their test as the tests themselves do"
)]

mod apply;
mod cert;
mod cert_over_tls;
mod cli;
mod completions;
mod grants;
mod install;
mod keys;
mod manifests;
mod migrations;
mod plan;
mod plan_refusals;
mod plan_secrets;
mod quickstart;
mod sandbox;
mod seal;
mod seal_output;
mod seal_refusals;
mod tls_server;
mod unseal;
mod web_server;
