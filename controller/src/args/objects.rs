//! The flags of SealedSecrets: which ones, and what is done about them.

use clap::ArgAction;

use super::go::{boolean, integer};
use super::selector::label_selector;

/// Which SealedSecrets are looked at.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct WatchArgs {
    /// Watch every namespace; `--all-namespaces=false` watches only the controller's own
    #[arg(long, env = "SEALED_SECRETS_ALL_NAMESPACES", value_name = "BOOL", default_value = "true",
          value_parser = boolean, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true",
          require_equals = true)]
    pub(crate) all_namespaces: bool,

    /// Watch these namespaces besides the controller's own, instead of all (comma-separated)
    #[arg(
        long,
        env = "SEALED_SECRETS_ADDITIONAL_NAMESPACES",
        value_name = "NAMES",
        default_value = ""
    )]
    pub(crate) additional_namespaces: String,

    /// Look only at SealedSecrets with these labels
    #[arg(long, env = "SEALED_SECRETS_LABEL_SELECTOR", value_name = "SELECTOR", default_value = "",
          value_parser = label_selector)]
    pub(crate) label_selector: String,
}

/// What is done about SealedSecrets.
#[derive(Debug, Clone, Copy, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "flags of upstream's that are independent of each other"
)]
pub(crate) struct UnsealArgs {
    /// Write the status of SealedSecrets
    #[arg(long, env = "SEALED_SECRETS_UPDATE_STATUS", value_name = "BOOL", default_value = "true",
          value_parser = boolean, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true",
          require_equals = true)]
    pub(crate) update_status: bool,

    /// Leave alone Secrets that were deleted or changed
    #[arg(long, env = "SEALED_SECRETS_SKIP_RECREATE", value_name = "BOOL", default_value = "false",
          value_parser = boolean, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true",
          require_equals = true)]
    pub(crate) skip_recreate: bool,

    /// Delete the Secret of a SealedSecret that is deleted, instead of leaving it to the garbage collector
    #[arg(long, env = "SEALED_SECRETS_OLD_GC_BEHAVIOR", value_name = "BOOL", default_value = "false",
          value_parser = boolean, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true",
          require_equals = true)]
    pub(crate) old_gc_behavior: bool,

    /// Open items of the deprecated `spec.data`
    #[arg(long, env = "SEALED_SECRETS_ACCEPT_DEPRECATED_V1_DATA", value_name = "BOOL", default_value = "true",
          value_parser = boolean, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true",
          require_equals = true)]
    pub(crate) accept_deprecated_v1_data: bool,

    /// Of upstream: there is no last try here
    #[arg(long, env = "SEALED_SECRETS_MAX_UNSEAL_RETRIES", value_name = "NUMBER", value_parser = integer,
          allow_hyphen_values = true)]
    pub(crate) max_unseal_retries: Option<i64>,
}

impl WatchArgs {
    /// Returns the namespaces to watch, `None` for all of them. Naming additional namespaces turns
    /// `--all-namespaces` off, as upstream does.
    pub(crate) fn namespaces(&self, own: &str) -> Option<Vec<String>> {
        if self.all_namespaces && self.additional_namespaces.is_empty() {
            return None;
        }
        let named = self.additional_namespaces.split(',').map(str::trim);
        let mut namespaces: Vec<String> = std::iter::once(own)
            .chain(named)
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        namespaces.sort();
        namespaces.dedup();
        Some(namespaces)
    }
}
