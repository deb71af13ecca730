//! The command line from outside: one file per command, each run in a folder of its own.

#![expect(
    clippy::unwrap_used,
    reason = "fixtures fail their test as the tests themselves do"
)]

mod apply;
mod cert;
mod cert_over_tls;
mod certificate_cache;
mod certificate_pins;
mod cli;
mod completions;
mod config;
mod environment;
mod grants;
mod help;
mod inspect;
mod install;
mod item;
mod item_at_once;
mod item_namespace;
mod item_set;
mod item_set_refusals;
mod keys;
mod keys_backup;
mod keys_recipients;
mod keys_retire;
mod keys_rotate;
mod keys_standard_streams;
mod kubeseal;
mod kubeseal_merge_into;
mod kubeseal_online_modes;
mod kubeseal_recovery_unseal;
mod manifests;
mod migrations;
mod namespace_lookup;
mod plain_http;
mod plan;
mod plan_refusals;
mod plan_secrets;
mod quickstart;
mod reseal;
mod sandbox;
mod seal;
mod seal_clusters;
mod seal_into;
mod seal_keep_metadata;
mod seal_output;
mod seal_refusals;
mod sealed_text;
mod tls_server;
mod unseal;
mod verify;
mod verify_opening;
mod verify_plain_secrets;
mod verify_rules;
mod web_server;
