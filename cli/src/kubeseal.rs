//! kubeseal's command line: `chancery kubeseal …`, and this program under the name `kubeseal`.
//!
//! One grammar over the functions of the other commands. What a caller can tell apart (flags, the
//! environment, messages, exit codes, the form of what is written) is kubeseal's, except where that is a
//! defect; cli/README.md lists these differences. Facts: kubeseal v0.40, `cmd/kubeseal/main.go`.

mod args;
mod controller;
mod dispatch;
mod environment;
mod failures;
mod fetch_cert;
mod flag;
mod flags;
mod grammar;
mod input;
mod invocation;
mod merge_into;
mod output;
mod raw;
mod re_encrypt;
mod recovery_unseal;
mod seal;
mod sealed_secrets;
mod sealing_certificate;
mod usage;
mod validate;
mod words;

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::context::Context;
use crate::error::{CommandResult, Status};
use grammar::Parsed;

/// The version of kubeseal whose command line this is. It stands before our own in `--version`, because scripts
/// compare it with the least version that they need.
const GRAMMAR: &str = "0.40.0";

/// Whether the program was called by one of kubeseal's names: a link or a copy of that name, or kubectl's
/// `kubectl kubeseal`.
pub(crate) fn is_called(program: &OsStr) -> bool {
    let name = Path::new(program).file_name().and_then(OsStr::to_str);
    let name = name.unwrap_or_default().to_ascii_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    matches!(name, "kubeseal" | "kubectl-kubeseal")
}

/// Runs one call; `arguments` are those after the program's name.
///
/// # Errors
/// Whatever the mode fails with, which is exit code 1 always. A wrong flag is said here, and is exit code 2.
pub(crate) fn run(arguments: &[OsString], context: &Context) -> CommandResult {
    let printer = &context.printer;
    match grammar::parse(arguments, printer) {
        Ok(Parsed::Help) => {
            printer.report(&grammar::help())?;
            Ok(Status::Done)
        }
        Ok(Parsed::Version) => {
            let own = env!("CARGO_PKG_VERSION");
            printer.data(format!("kubeseal version: {GRAMMAR}+chancery.{own}\n").as_bytes())?;
            Ok(Status::Done)
        }
        Ok(Parsed::Call(args)) => match dispatch::run(&args, context) {
            Ok(()) => Ok(Status::Done),
            // kubeseal knows no other code.
            Err(error) => Err(error.into_failure()),
        },
        Err(wrong) => {
            printer.failure(&[wrong], &["`kubeseal --help` lists the flags".to_owned()]);
            Ok(Status::Usage)
        }
    }
}

/// The grammar as clap holds it, for completion scripts.
pub(crate) fn command() -> clap::Command {
    grammar::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_a_copy_and_a_plugin_of_that_name_are_kubeseal() {
        for name in [
            "kubeseal",
            "/usr/local/bin/kubeseal",
            "./KUBESEAL.EXE",
            "kubectl-kubeseal",
        ] {
            assert!(is_called(OsStr::new(name)), "{name}");
        }
        for name in ["chancery", "/kubeseal/chancery", "kubeseal.sh", "", "/"] {
            assert!(!is_called(OsStr::new(name)), "{name}");
        }
    }
}
