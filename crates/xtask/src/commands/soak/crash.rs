//! Kills runs of plans, and the controller, in every way at every boundary.

use std::process::ExitCode;

use anyhow::Result;

use super::super::answer;
use super::super::test::tested;
use crate::servers::cache::CacheArgs;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(super) struct CrashArguments {
    /// How often all of it is done.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rounds: u32,
    /// Where the turn of what differs between rounds begins; tell it with a failure.
    #[arg(long, default_value_t = 0)]
    seed: u32,
    #[command(flatten)]
    cache: CacheArgs,
}

/// Provides and starts the servers, runs the tests, and returns the exit code of `cargo test`.
///
/// # Errors
/// When something is missing or a server does not come up.
pub(super) fn run(crash: &CrashArguments) -> Result<ExitCode> {
    answer(format_args!(
        "killing at every boundary: {} rounds, seed {}",
        crash.rounds, crash.seed
    ));
    tested(&crash.cache, &tests(), &environment(crash))
}

/// The arguments of `cargo test`.
fn tests() -> Vec<String> {
    let arguments = [
        "-p",
        "migrate",
        "-p",
        "chancery-controller",
        "--test",
        "live",
        "crash",
    ];
    arguments.map(str::to_owned).into()
}

/// What [`testkit::CrashExtent`] reads.
fn environment(crash: &CrashArguments) -> [(&'static str, String); 2] {
    [
        (testkit::CRASH_ROUNDS, crash.rounds.to_string()),
        (testkit::CRASH_SEED, crash.seed.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Probe {
        #[command(flatten)]
        arguments: CrashArguments,
    }

    fn crash(arguments: &[&str]) -> Option<[String; 2]> {
        let arguments = [&["probe"], arguments].concat();
        let crash = Probe::try_parse_from(arguments).ok()?.arguments;
        Some(environment(&crash).map(|(_, value)| value))
    }

    #[test]
    fn ten_rounds_are_done_unless_another_number_is_given() {
        assert_eq!(crash(&[]).unwrap(), ["10", "0"]);
        assert_eq!(crash(&["--rounds=2", "--seed=7"]).unwrap(), ["2", "7"]);
        assert_eq!(crash(&["--rounds=0"]), None);
    }
}
