//! The flags of `chancery-controller secrets`: upstream's, and a few of ours.

use super::go::boolean;
use super::klog::KlogArgs;
use super::{ClusterArgs, HttpArgs, KeyArgs, LogArgs, PacedClientArgs, UnsealArgs, WatchArgs};
use api::names;
use clap::ArgAction;

/// What `chancery-controller secrets` takes. Of a flag that is given twice the last one counts, as in
/// upstream's: charts append to arguments.
#[derive(Debug, clap::Args)]
#[command(args_override_self = true, disable_version_flag = true)]
pub(crate) struct SecretsArgs {
    /// Namespace that holds the sealing keys and the Lease [default: the Pod's own]
    #[arg(long, env = "POD_NAMESPACE", value_name = "NAMESPACE")]
    pub(crate) namespace_of_keys: Option<String>,

    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
    #[command(flatten)]
    pub(crate) client: PacedClientArgs,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
    #[command(flatten)]
    pub(crate) watch: WatchArgs,
    #[command(flatten)]
    pub(crate) unseal: UnsealArgs,
    #[command(flatten)]
    pub(crate) http: HttpArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    #[command(flatten)]
    klog: KlogArgs,

    /// Print the version and end
    #[arg(long, env = "SEALED_SECRETS_VERSION", value_name = "BOOL", default_value = "false",
          value_parser = boolean, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true",
          require_equals = true)]
    pub(crate) version: bool,
}

impl SecretsArgs {
    /// Returns what to say once about flags that were given and do something else than in upstream's controller, or
    /// nothing.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.keys.renew.by_former_name {
            remarks.push("--rotate-period is deprecated: write --key-renew-period".to_owned());
        }
        if self.keys.watch_for_secrets.is_some() {
            remarks
                .push("--watch-for-secrets changes nothing: key Secrets are watched in any case".to_owned());
        }
        if self
            .keys
            .privatekey_labels
            .0
            .contains_key(names::SEALING_KEY_LABEL)
        {
            let label = names::SEALING_KEY_LABEL;
            remarks.push(format!(
                "the label {label} in --privatekey-labels is left out: it makes a Secret a key"
            ));
        }
        if self.unseal.max_unseal_retries.is_some() {
            remarks.push(
                "--max-unseal-retries changes nothing: what may pass by itself is tried again without an end"
                    .to_owned(),
            );
        }
        let klog = self.klog.given();
        if !klog.is_empty() {
            let flags = klog.join(", ");
            remarks.push(format!(
                "{flags}: flags of Go's loggers change nothing; see --log-level and --log-format"
            ));
        }
        remarks
    }
}

#[cfg(test)]
mod tests;
