//! `cargo xtask soak`: tests of faults, all of what they can do and as often as is wished.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use super::answer;
use super::test::tested;
use crate::servers::cache::CacheArgs;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Kill runs of plans, and the controller, in every way at every boundary.
    ///
    /// The tests of `cargo xtask test` meet each boundary once; this is the same code with all kinds of kill.
    Crash(CrashArguments),
}

#[derive(Debug, clap::Args)]
struct CrashArguments {
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
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let What::Crash(crash) = &arguments.what;
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
        arguments: Arguments,
    }

    fn crash(arguments: &[&str]) -> Option<[String; 2]> {
        let arguments = [&["probe", "crash"], arguments].concat();
        let What::Crash(crash) = Probe::try_parse_from(arguments).ok()?.arguments.what;
        Some(environment(&crash).map(|(_, value)| value))
    }

    #[test]
    fn ten_rounds_are_done_unless_another_number_is_given() {
        assert_eq!(crash(&[]).unwrap(), ["10", "0"]);
        assert_eq!(crash(&["--rounds=2", "--seed=7"]).unwrap(), ["2", "7"]);
        assert_eq!(crash(&["--rounds=0"]), None);
    }
}
