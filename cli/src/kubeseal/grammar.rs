//! From arguments and environment to what is asked, by pflag's rules.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::args::KubesealArgs;
use super::environment::{self, Variable};
use super::flag::{Flag, Kind};
use super::flags::FLAGS;
use super::usage;
use crate::printer::{Printer, printable};

/// What stands where no flag does.
const REST: &str = "rest";

const AFTER_HELP: &str = "\
Every flag but those of logs can be given by the environment too: --cert as SEALED_SECRETS_CERT.
The command line wins.

Exit codes: 0 done, 1 failed, 2 wrong flags. What differs from kubeseal is listed in cli/README.md.";

/// What a call asks for.
pub(super) enum Parsed {
    /// `--help`.
    Help,
    /// `--version`.
    Version,
    /// Anything else.
    Call(Box<KubesealArgs>),
}

/// The grammar. `-h` is not bound, as in kubeseal, and helps all the same.
pub(super) fn command() -> Command {
    Command::new("kubeseal")
        .about("Seal Secrets with kubeseal's command line")
        .after_help(AFTER_HELP)
        .disable_help_flag(true)
        .disable_version_flag(true)
        // What is said last counts.
        .args_override_self(true)
        .args(FLAGS.iter().map(Flag::arg))
        .arg(
            Arg::new("h")
                .short('h')
                .hide(true)
                .action(clap::ArgAction::SetTrue),
        )
        .arg(
            Arg::new(REST)
                .num_args(0..)
                .hide(true)
                .value_parser(clap::value_parser!(OsString)),
        )
}

/// The text of `--help`.
pub(super) fn help() -> String {
    command().render_help().ansi().to_string()
}

/// Reads the arguments after the program's name; the environment counts for what they leave open.
///
/// # Errors
/// The message about a flag that there isn't, or a value that it can't take. What the environment says wrongly is
/// left out with a warning, as kubeseal leaves it out.
pub(super) fn parse(arguments: &[OsString], printer: &Printer) -> Result<Parsed, String> {
    let said = matches(&[], arguments).map_err(|error| usage::message(&error, arguments))?;
    let variables = environment::variables(FLAGS);
    let before = readable(variables, &said, printer);
    let all = matches(&before, arguments).map_err(|error| usage::message(&error, arguments))?;
    if all.get_flag("version") {
        return Ok(Parsed::Version);
    }
    if all.get_flag("help") || all.get_flag("h") {
        return Ok(Parsed::Help);
    }
    if was_said(&all, "rotate") {
        printer.note("Flag --rotate has been deprecated, please use --re-encrypt instead");
    }
    for ignored in all.get_many::<OsString>(REST).into_iter().flatten() {
        let ignored = ignored.to_string_lossy();
        printer.warning(&format!(
            "`{}` is ignored: kubeseal takes no arguments but flags (-f names the file to read)",
            printable(&ignored)
        ));
    }
    Ok(Parsed::Call(Box::new(KubesealArgs::of(&all))))
}

fn matches(before: &[OsString], arguments: &[OsString]) -> Result<ArgMatches, clap::Error> {
    let program = OsString::from("kubeseal");
    command().try_get_matches_from([&program].into_iter().chain(before).chain(arguments))
}

fn was_said(matches: &ArgMatches, name: &str) -> bool {
    matches.value_source(name) == Some(ValueSource::CommandLine)
}

/// The variables as arguments that stand before all others.
fn readable(variables: Vec<Variable>, said: &ArgMatches, printer: &Printer) -> Vec<OsString> {
    let mut before = Vec::new();
    for Variable { flag, name, value } in variables {
        // A list goes on where the environment began it; of --from-file there can be only one.
        let goes_on = matches!(flag.kind, Kind::Paths | Kind::Repeated) && flag.name != "from-file";
        if was_said(said, flag.name) && !goes_on {
            continue;
        }
        let mut argument = OsString::from(format!("--{}=", flag.name));
        argument.push(&value);
        if matches(std::slice::from_ref(&argument), &[]).is_ok() {
            before.push(argument);
        } else if flag.name != "version" {
            // CI jobs keep the version that they install in that variable; it is no mistake.
            printer.warning(&format!(
                "{name} in the environment is ignored: --{} can't take its value",
                flag.name
            ));
        }
    }
    before
}
