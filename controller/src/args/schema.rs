//! The flags of `chancery-controller schema`.

use std::net::SocketAddr;
use std::time::Duration;

use clap::ArgAction;

use super::go::{listen_address, positive_duration};
use super::{ClusterArgs, LogArgs};

/// What `chancery-controller schema` takes. Of a flag that is given twice the last one counts: charts
/// append to arguments.
#[derive(Debug, clap::Args)]
#[command(args_override_self = true)]
pub(crate) struct SchemaArgs {
    /// Namespace of the Lease [default: the Pod's own]
    #[arg(long, env = "POD_NAMESPACE", value_name = "NAMESPACE")]
    pub(crate) namespace_of_lease: Option<String>,

    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,

    /// Watch every namespace; `--all-namespaces=false` watches only the controller's own
    #[arg(long, env = "CHANCERY_ALL_NAMESPACES", value_name = "BOOL", default_value_t = true,
          action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub(crate) all_namespaces: bool,

    /// Watch these namespaces only, instead of all (comma-separated)
    #[arg(long, env = "CHANCERY_NAMESPACES", value_name = "NAMES", value_delimiter = ',', action = ArgAction::Set)]
    pub(crate) namespaces: Vec<String>,

    /// Where to serve the probes; `:8080` means every address
    #[arg(long, env = "CHANCERY_LISTEN_ADDR", value_name = "ADDRESS", default_value = ":8080",
          value_parser = listen_address)]
    pub(crate) listen_addr: SocketAddr,

    /// Take part in the election of a leader; without it the databases' own locks alone keep replicas
    /// apart
    #[arg(long, env = "CHANCERY_LEADER_ELECTION", value_name = "BOOL", default_value_t = true,
          action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub(crate) leader_election: bool,

    #[command(flatten)]
    pub(crate) pace: PaceArgs,

    /// What tells this cluster from others in the databases' journals [default: the UID of the
    /// namespace kube-system]
    #[arg(long, env = "CHANCERY_CLUSTER_ID", value_name = "ID", value_parser = cluster_id)]
    pub(crate) cluster_id: Option<String>,
}

/// How often and for how long things are tried.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PaceArgs {
    /// How often each database is compared although nothing was changed in the cluster
    #[arg(long, env = "CHANCERY_RECHECK_INTERVAL", value_name = "DURATION", default_value = "10m",
          value_parser = positive_duration)]
    pub(crate) recheck_interval: Duration,

    /// For how long a step is tried again that cannot have its locks
    #[arg(long, env = "CHANCERY_LOCK_RETRY_FOR", value_name = "DURATION", default_value = "10m",
          value_parser = positive_duration)]
    pub(crate) lock_retry_for: Duration,

    /// How often a run is begun before it waits for a person, when errors end it that may pass
    #[arg(long, env = "CHANCERY_MAX_ATTEMPTS", value_name = "NUMBER", default_value_t = 5,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) max_attempts: u32,
}

impl SchemaArgs {
    /// Returns the namespaces to watch, `None` for all of them. Naming some turns `--all-namespaces` off.
    pub(crate) fn namespaces(&self, own: &str) -> Option<Vec<String>> {
        let mut named: Vec<String> = self
            .namespaces
            .iter()
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        if named.is_empty() {
            return (!self.all_namespaces).then(|| vec![own.to_owned()]);
        }
        named.sort();
        named.dedup();
        Some(named)
    }
}

fn cluster_id(text: &str) -> Result<String, String> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if (1..=253).contains(&text.len()) && text.chars().all(legal) {
        Ok(text.to_owned())
    } else {
        Err("must be 1 to 253 letters, digits, dashes, dots and underscores".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Args, Command};

    fn schema(arguments: &[&str]) -> Result<SchemaArgs, clap::Error> {
        let all = ["chancery-controller", "schema"].iter().chain(arguments);
        Args::read_from(all.map(Into::into).collect()).map(|args| match args.command {
            Command::Schema(schema) => *schema,
            Command::Secrets(_) => unreachable!("another subcommand was asked for"),
        })
    }

    #[test]
    fn every_namespace_is_watched_unless_told_otherwise() {
        let args = schema(&[]).unwrap();
        assert_eq!(args.namespaces("own"), None);
        assert!(args.leader_election);
        assert_eq!(args.pace.recheck_interval, Duration::from_mins(10));
        assert_eq!(args.pace.max_attempts, 5);
        let own = schema(&["--all-namespaces=false"]).unwrap();
        assert_eq!(own.namespaces("own"), Some(vec!["own".to_owned()]));
    }

    #[test]
    fn named_namespaces_replace_all_and_the_own_one() {
        let args = schema(&["--namespaces", "b, a,,b"]).unwrap();
        assert_eq!(args.namespaces("own"), Some(vec!["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn paces_that_would_spin_or_never_try_are_refused() {
        for bad in [
            ["--recheck-interval", "0"],
            ["--lock-retry-for", "-1s"],
            ["--max-attempts", "0"],
            ["--cluster-id", ""],
            ["--cluster-id", "a b"],
        ] {
            assert!(schema(&bad).is_err(), "{bad:?}");
        }
    }
}
