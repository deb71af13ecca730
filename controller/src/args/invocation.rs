//! By which name the program was called, and the grammar that follows from it.

use std::ffi::OsString;
use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, value_parser};

use super::Args;

/// The name of upstream's program, which its Deployment calls.
const UPSTREAMS: &str = "controller";
const PASSED_OVER: &str = "passed_over";

/// Returns whether the program was called by the name of upstream's.
pub(super) fn is_upstreams(words: &[OsString]) -> bool {
    words
        .first()
        .and_then(|program| Path::new(program).file_name())
        .is_some_and(|name| name == UPSTREAMS)
}

/// Returns the words of a command line of upstream's as one of ours: what is a subcommand here is the whole program there.
pub(super) fn with_subcommand(mut words: Vec<OsString>) -> Vec<OsString> {
    words.insert(1, "secrets".into());
    words
}

/// Returns the grammar: that of the derive, with the environment of `schema` named after Chancery
/// where it shares a flag with `secrets`, whose variables are upstream's.
///
/// As in upstream's a value may begin with a dash when it is a word of its own. Upstream passes over words that belong
/// to no flag; so does this only when called by its name: a word that means nothing is a mistake that someone makes now.
pub(super) fn grammar(as_upstream: bool) -> Command {
    let grammar = Args::command()
        .mut_subcommand("schema", |schema| {
            schema
                .mut_arg("log_level", |arg| arg.env("CHANCERY_LOG_LEVEL"))
                .mut_arg("log_format", |arg| arg.env("CHANCERY_LOG_FORMAT"))
                .mut_arg("log_info_stdout", |arg| {
                    arg.env("CHANCERY_LOG_INFO_STDOUT").default_value("false")
                })
        })
        .mut_subcommand("secrets", |secrets| {
            let secrets = secrets.mut_args(|arg| {
                if arg.get_action().takes_values() && !arg.is_require_equals_set() {
                    arg.allow_hyphen_values(true)
                } else {
                    arg
                }
            });
            if as_upstream {
                let words = Arg::new(PASSED_OVER)
                    .action(ArgAction::Append)
                    .num_args(0..)
                    .value_parser(value_parser!(OsString))
                    .hide(true);
                secrets.arg(words)
            } else {
                secrets
            }
        });
    set_alone(grammar)
}

/// Takes variables that are set to nothing for unset, as upstream does: charts write them so.
#[expect(
    clippy::disallowed_methods,
    reason = "what clap reads from the environment is told to it here"
)]
fn set_alone(command: Command) -> Command {
    let command = command.mut_args(|arg| {
        let variable = arg.get_env().and_then(std::env::var_os);
        if variable.is_some_and(|value| value.is_empty()) {
            arg.env(None::<&'static str>)
        } else {
            arg
        }
    });
    command.mut_subcommands(set_alone)
}

/// Returns the words that upstream's grammar passes over.
pub(super) fn passed_over(matches: &ArgMatches) -> Vec<String> {
    let words = matches
        .subcommand()
        .and_then(|(_, matches)| matches.try_get_many::<OsString>(PASSED_OVER).ok().flatten());
    words
        .into_iter()
        .flatten()
        .map(|word| word.to_string_lossy().into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    fn read(words: &[&str]) -> Result<Args, clap::Error> {
        Args::read_from(words.iter().map(Into::into).collect())
    }

    fn secrets(args: &Args) -> &args::SecretsArgs {
        match &args.command {
            args::Command::Secrets(secrets) => secrets,
            args::Command::Schema(_) => panic!("the other controller was chosen"),
        }
    }

    #[test]
    fn called_as_upstreams_program_it_takes_upstreams_command_line() {
        let args = read(&[
            "/usr/local/bin/controller",
            "--update-status=false",
            "--key-prefix",
            "k",
        ])
        .unwrap();
        assert!(!secrets(&args).unseal.update_status);
        assert_eq!(secrets(&args).keys.key_prefix, "k");
        assert_eq!(args.remarks(), Vec::<String>::new());
    }

    #[test]
    fn words_that_belong_to_no_flag_are_passed_over_as_upstream_does_and_said() {
        let args = read(&[
            "controller",
            "--update-status",
            "false",
            "schema",
            "--",
            "--key-size=1",
        ])
        .unwrap();
        assert!(secrets(&args).unseal.update_status);
        assert_eq!(secrets(&args).keys.key_size, 4096);
        let remarks = args.remarks().join("\n");
        for word in ["`false`", "`schema`", "`--key-size=1`"] {
            assert!(remarks.contains(word), "{remarks}");
        }
        assert!(read(&["controller", "--no-such-flag"]).is_err());
    }

    #[test]
    fn under_its_own_name_such_words_are_mistakes() {
        assert!(read(&["chancery-controller", "secrets", "--update-status", "false"]).is_err());
        assert!(read(&["chancery-controller", "--update-status"]).is_err());
    }

    #[test]
    fn the_version_can_be_asked_for_in_upstreams_way() {
        for words in [["controller", "--version"], ["controller", "--version=true"]] {
            assert!(read(&words).unwrap().asks_for_version());
        }
        assert!(
            !read(&["controller", "--version=false"])
                .unwrap()
                .asks_for_version()
        );
        assert!(
            read(&["chancery-controller", "secrets", "--version"])
                .unwrap()
                .asks_for_version()
        );
    }
}
