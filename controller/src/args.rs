//! The command line. Names, defaults and values of `secrets` are upstream's wherever upstream has the flag, and
//! each flag can come from `SEALED_SECRETS_<NAME>` in the environment as there. The flags of `schema`
//! can come from `CHANCERY_<NAME>`.

mod cutoff;
mod go;
mod invocation;
mod keys;
mod klog;
mod logs;
mod objects;
mod pairs;
mod renewal;
mod schema;
mod secrets;
mod selector;
mod serving;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{FromArgMatches, Parser, Subcommand};

pub(crate) use self::keys::{KeyArgs, KeyOrder};
pub(crate) use self::logs::{LogArgs, LogFormat, LogLevel};
pub(crate) use self::objects::{UnsealArgs, WatchArgs};
#[cfg(test)]
pub(crate) use self::pairs::Pairs;
pub(crate) use self::schema::{PaceArgs, SchemaArgs};
pub(crate) use self::secrets::SecretsArgs;
pub(crate) use self::serving::{ClientPace, HttpArgs, PacedClientArgs};

/// The controllers of Chancery.
#[derive(Debug, Parser)]
#[command(name = "chancery-controller", version)]
pub(crate) struct Args {
    /// Which controller to run.
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Words that upstream's grammar passes over.
    #[arg(skip)]
    passed_over: Vec<String>,
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
        Self::read_from(std::env::args_os().collect()).unwrap_or_else(|error| error.exit())
    }

    /// Reads a command line that begins with the program's name.
    ///
    /// # Errors
    /// A wrong one, with the message for the user; help and version are such errors too.
    fn read_from(words: Vec<OsString>) -> Result<Self, clap::Error> {
        let as_upstream = invocation::is_upstreams(&words);
        let words = if as_upstream {
            invocation::with_subcommand(words)
        } else {
            words
        };
        let matches = invocation::grammar(as_upstream).try_get_matches_from(words)?;
        let mut args = Self::from_arg_matches(&matches)?;
        args.passed_over = invocation::passed_over(&matches);
        Ok(args)
    }

    /// Returns how to log, whichever subcommand was chosen.
    pub(crate) fn log(&self) -> &LogArgs {
        match &self.command {
            Command::Secrets(args) => &args.log,
            Command::Schema(args) => &args.log,
        }
    }

    /// Returns what to say once, at the start, about arguments without the effect that their writer may expect.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let words = self.passed_over.iter();
        let mut remarks: Vec<String> = words
            .map(|word| format!("the argument `{word}` belongs to no flag and is passed over; a truth value is written `--flag=false`"))
            .collect();
        if let Command::Secrets(args) = &self.command {
            remarks.extend(args.remarks());
        }
        remarks
    }

    /// Returns whether only the version is asked for, in upstream's way.
    pub(crate) fn asks_for_version(&self) -> bool {
        matches!(&self.command, Command::Secrets(args) if args.version)
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
