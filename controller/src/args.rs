//! The command line. Names and defaults of `secrets` are upstream's wherever upstream has the flag, and
//! each flag can come from `SEALED_SECRETS_<NAME>` in the environment as there. The flags of `schema`
//! can come from `CHANCERY_<NAME>`.

mod schema;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

pub(crate) use self::schema::{PaceArgs, SchemaArgs};
use crate::duration;

/// The controllers of Chancery.
#[derive(Debug, Parser)]
#[command(name = "chancery-controller", version)]
pub(crate) struct Args {
    /// Which controller to run.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One subcommand for each Deployment: they have a ServiceAccount and rights each.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Unseals SealedSecrets into Secrets, and keeps them so
    Secrets(Box<SecretsArgs>),
    /// Brings databases in line with their declared tables, plan by plan
    Schema(Box<SchemaArgs>),
}

impl Args {
    /// Reads the command line; a wrong one ends the process with the usual message.
    pub(crate) fn read() -> Self {
        let matches = Self::grammar().get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// Returns the grammar: that of the derive, with the environment of `schema` named after Chancery
    /// where it shares a flag with `secrets`, whose variables are upstream's.
    fn grammar() -> clap::Command {
        Self::command().mut_subcommand("schema", |schema| {
            schema
                .mut_arg("log_level", |arg| arg.env("CHANCERY_LOG_LEVEL"))
                .mut_arg("log_format", |arg| arg.env("CHANCERY_LOG_FORMAT"))
        })
    }

    /// Returns how to log, whichever subcommand was chosen.
    pub(crate) fn log(&self) -> &LogArgs {
        match &self.command {
            Command::Secrets(args) => &args.log,
            Command::Schema(args) => &args.log,
        }
    }
}

/// What `chancery-controller secrets` takes. Of a flag that is given twice the last one counts, as in
/// upstream's: charts append to arguments.
#[derive(Debug, clap::Args)]
#[command(args_override_self = true)]
pub(crate) struct SecretsArgs {
    /// Namespace that holds the sealing keys and the Lease [default: the Pod's own]
    #[arg(long, env = "POD_NAMESPACE", value_name = "NAMESPACE")]
    pub(crate) namespace_of_keys: Option<String>,

    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,

    /// Watch every namespace; `--all-namespaces=false` watches only the controller's own
    #[arg(long, env = "SEALED_SECRETS_ALL_NAMESPACES", value_name = "BOOL", default_value_t = true,
          action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub(crate) all_namespaces: bool,

    /// Watch these namespaces besides the controller's own, instead of all (comma-separated)
    #[arg(
        long,
        env = "SEALED_SECRETS_ADDITIONAL_NAMESPACES",
        value_name = "NAMES",
        value_delimiter = ',', action = ArgAction::Set
    )]
    pub(crate) additional_namespaces: Vec<String>,

    /// Where to serve the certificate and the probes; `:8080` means every address
    #[arg(long, env = "SEALED_SECRETS_LISTEN_ADDR", value_name = "ADDRESS", default_value = ":8080",
          value_parser = listen_address)]
    pub(crate) listen_addr: SocketAddr,
}

impl SecretsArgs {
    /// Returns the namespaces to watch, `None` for all of them. Naming additional namespaces turns
    /// `--all-namespaces` off, as upstream does.
    pub(crate) fn namespaces(&self, own: &str) -> Option<Vec<String>> {
        let named: Vec<&str> = self
            .additional_namespaces
            .iter()
            .map(|name| name.trim())
            .filter(|name| !name.is_empty())
            .collect();
        if self.all_namespaces && named.is_empty() {
            return None;
        }
        let mut namespaces: Vec<String> = std::iter::once(own).chain(named).map(str::to_owned).collect();
        namespaces.sort();
        namespaces.dedup();
        Some(namespaces)
    }
}

/// How to reach the API server.
#[derive(Debug, clap::Args)]
pub(crate) struct ClusterArgs {
    /// Name of this replica in the Lease [default: `chancery-controller`]; a random part is added
    #[arg(long, env = "POD_NAME", value_name = "NAME")]
    pub(crate) pod_name: Option<String>,

    /// Use this kubeconfig instead of the Pod's ServiceAccount (development)
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,

    /// Use this context of the kubeconfig (development)
    #[arg(long, value_name = "NAME")]
    pub(crate) context: Option<String>,
}

/// How sealing keys are made.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct KeyArgs {
    /// Prefix of the names of key Secrets
    #[arg(long, env = "SEALED_SECRETS_KEY_PREFIX", value_name = "PREFIX", default_value = "sealed-secrets-key",
          value_parser = key_prefix)]
    pub(crate) key_prefix: String,

    /// Size of new keys in bits
    #[arg(long, env = "SEALED_SECRETS_KEY_SIZE", value_name = "BITS", default_value = "4096", value_parser = key_size)]
    pub(crate) key_size: u16,

    /// How long the certificate of a new key is valid
    #[arg(long, env = "SEALED_SECRETS_KEY_TTL", value_name = "DURATION", default_value = "87600h",
          value_parser = positive_duration)]
    pub(crate) key_ttl: Duration,

    /// Common name in the certificate of a new key
    #[arg(long, env = "SEALED_SECRETS_MY_CN", value_name = "NAME", default_value = "")]
    pub(crate) my_cn: String,
}

/// What to log, and how. Logs go to standard error.
#[derive(Debug, clap::Args)]
pub(crate) struct LogArgs {
    /// Least level to log
    #[arg(
        long,
        env = "SEALED_SECRETS_LOG_LEVEL",
        value_enum,
        ignore_case = true,
        default_value = "info"
    )]
    pub(crate) log_level: LogLevel,

    /// Format of a log line
    #[arg(
        long,
        env = "SEALED_SECRETS_LOG_FORMAT",
        value_enum,
        ignore_case = true,
        default_value = "text"
    )]
    pub(crate) log_format: LogFormat,
}

/// Levels of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// Formats of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Reads `host:port` as Go does, where an empty host means every address.
fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let whole = if text.starts_with(':') {
        format!("[::]{text}")
    } else {
        text.to_owned()
    };
    whole
        .parse()
        .map_err(|_| "not an address and port such as `:8080` or `127.0.0.1:8080`".to_owned())
}

/// Upstream's rule for a prefix: it must leave room for a suffix within a Secret's name.
fn key_prefix(text: &str) -> Result<String, String> {
    let fits = !text.is_empty() && text.len() <= 245;
    let legal = text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fits && legal && !text.starts_with('-') {
        Ok(text.to_owned())
    } else {
        Err("must be 1 to 245 lowercase letters, digits and dashes, not starting with a dash".to_owned())
    }
}

fn key_size(text: &str) -> Result<u16, String> {
    match text {
        "2048" => Ok(2048),
        "3072" => Ok(3072),
        "4096" => Ok(4096),
        _ => Err("must be 2048, 3072 or 4096".to_owned()),
    }
}

fn positive_duration(text: &str) -> Result<Duration, String> {
    let duration = duration::parse(text)?;
    if duration.is_zero() {
        Err("must be longer than nothing".to_owned())
    } else {
        Ok(duration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(arguments: &[&str]) -> Result<SecretsArgs, clap::Error> {
        let all = ["chancery-controller", "secrets"].iter().chain(arguments);
        Args::try_parse_from(all).map(|args| match args.command {
            Command::Secrets(secrets) => *secrets,
            Command::Schema(_) => unreachable!("another subcommand was asked for"),
        })
    }

    #[test]
    fn defaults_are_those_of_upstream() {
        let args = secrets(&[]).unwrap();
        assert_eq!(args.keys.key_prefix, "sealed-secrets-key");
        assert_eq!(args.keys.key_size, 4096);
        assert_eq!(args.keys.key_ttl, Duration::from_hours(87_600));
        assert_eq!(args.keys.my_cn, "");
        assert_eq!(args.listen_addr, "[::]:8080".parse().unwrap());
        assert_eq!(args.namespaces("kube-system"), None);
    }

    #[test]
    fn all_namespaces_can_be_turned_off_with_an_equals_sign() {
        let args = secrets(&["--all-namespaces=false"]).unwrap();
        assert_eq!(args.namespaces("own"), Some(vec!["own".to_owned()]));
    }

    #[test]
    fn additional_namespaces_replace_all_namespaces_and_keep_the_own_one() {
        let args = secrets(&["--additional-namespaces", "b, a,,own"]).unwrap();
        assert_eq!(
            args.namespaces("own"),
            Some(vec!["a".to_owned(), "b".to_owned(), "own".to_owned()])
        );
    }

    #[test]
    fn the_last_of_two_equal_flags_counts() {
        let args = secrets(&[
            "--key-size=2048",
            "--additional-namespaces=a",
            "--key-size=3072",
            "--additional-namespaces=b",
        ])
        .unwrap();
        assert_eq!(args.keys.key_size, 3072);
        assert_eq!(args.additional_namespaces, ["b"]);
    }

    #[test]
    fn a_key_prefix_that_no_secret_could_have_is_refused() {
        for bad in ["", "Upper", "-dash", "under_score", &"a".repeat(246)] {
            assert!(secrets(&["--key-prefix", bad]).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_size_that_is_too_small_is_refused() {
        assert!(secrets(&["--key-size", "1024"]).is_err());
    }

    #[test]
    fn a_key_that_is_never_valid_is_refused() {
        assert!(secrets(&["--key-ttl", "0"]).is_err());
        assert!(secrets(&["--key-ttl=-5h"]).is_err());
    }

    #[test]
    fn log_levels_may_be_upper_case_as_upstream_writes_them() {
        assert_eq!(
            secrets(&["--log-level", "ERROR"]).unwrap().log.log_level,
            LogLevel::Error
        );
    }
}
