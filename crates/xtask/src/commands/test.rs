//! `cargo xtask test`: all tests, with the private servers around them.

use std::path::Path;
use std::process::{ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result};
use tokio::process::{Child, Command};
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::repository;
use crate::servers::cache::CacheArgs;
use crate::servers::reaper::{Reaper, Stop};
use crate::servers::{provide, start};

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    cache: CacheArgs,
    /// Arguments of `cargo test`; without a package (`-p`), all packages are tested.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    cargo: Vec<String>,
}

/// Provides and starts the servers, runs `cargo test`, stops the servers, and returns the exit code of
/// `cargo test`: 128 and the signal's number when a signal ended it or this.
///
/// # Errors
/// When something is missing or a server does not come up.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    tested(&arguments.cache, &arguments.cargo, &[])
}

/// Does as [`run`], with these variables in the environment of `cargo test`.
pub(super) fn tested(
    cache: &CacheArgs,
    arguments: &[String],
    environment: &[(&str, String)],
) -> Result<ExitCode> {
    let cache = cache.folder()?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("starting Tokio")?;
    // Two, because two things run at once at the start. Dropped on every way out: they stop what was started.
    let servers = Reaper::start()?;
    let cargo = Reaper::start()?;
    runtime.block_on(async {
        let work = async {
            let root = repository::root();
            // Tests are built while the servers are: Go and Cargo both wait for the network at times.
            let (tools, built) =
                tokio::try_join!(provide(root, &cache, &servers), build(root, arguments, &cargo))?;
            if let Some(status) = built.filter(|status| !status.success()) {
                return Ok(code(status));
            }
            let mut running = start(root, tools, &servers).await?;
            let test = spawn(
                cargo_test(root, arguments)
                    .env(testkit::HANDOVER, &running.handover)
                    .envs(environment.iter().map(|(name, value)| (name, value))),
                &cargo,
            );
            let test = finish(test?, &cargo);
            let ended = tokio::select! {
                status = test => Ok(status?),
                message = running.first_end() => Err(anyhow::anyhow!(message)),
            };
            if !ended.as_ref().is_ok_and(ExitStatus::success) {
                crate::progress(&format!(
                    "the servers' logs are in `{}`",
                    running.servers.logs.display()
                ));
            }
            ended.map(code)
        };
        tokio::select! {
            result = work => result,
            signal = interrupted() => signal.map(|number| ExitCode::from(128 + number)),
        }
    })
}

/// Returns the number of the signal when this program is asked to stop: SIGINT, SIGTERM or SIGHUP.
///
/// # Errors
/// When the signals cannot be watched.
pub(super) async fn interrupted() -> Result<u8> {
    let watch = |kind| signal(kind).context("watching for signals");
    let mut int = watch(SignalKind::interrupt())?;
    let mut term = watch(SignalKind::terminate())?;
    let mut hup = watch(SignalKind::hangup())?;
    Ok(tokio::select! {
        _ = int.recv() => 2,
        _ = term.recv() => 15,
        _ = hup.recv() => 1,
    })
}

/// Builds the tests; `None` when the arguments ask for something that cannot be built ahead.
async fn build(root: &Path, arguments: &[String], reaper: &Reaper) -> Result<Option<ExitStatus>> {
    let for_cargo: Vec<String> = arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .cloned()
        .collect();
    // Cargo refuses `--no-run` with `--doc`, and twice.
    if for_cargo
        .iter()
        .any(|argument| ["--doc", "--no-run"].contains(&argument.as_str()))
    {
        return Ok(None);
    }
    let child = spawn(cargo_test(root, &for_cargo).arg("--no-run"), reaper)?;
    finish(child, reaper).await.map(Some)
}

fn cargo_test(root: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new("cargo");
    command.arg("test").current_dir(root);
    if !names_a_package(arguments) {
        command.arg("--workspace");
    }
    command.args(arguments);
    command
}

/// `cargo test --workspace -p NAME` tests all packages.
fn names_a_package(arguments: &[String]) -> bool {
    arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| argument.starts_with("-p") || argument.starts_with("--package"))
}

/// Starts Cargo in a process group of its own, so that at the end its compilers and tests go with it.
fn spawn(command: &mut Command, reaper: &Reaper) -> Result<Child> {
    let child = command
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .context("starting `cargo test`")?;
    reaper.stop_group(child.id().context("`cargo test` has no process id")?, Stop::Kill)?;
    Ok(child)
}

async fn finish(mut child: Child, reaper: &Reaper) -> Result<ExitStatus> {
    let pid = child.id().context("`cargo test` has no process id")?;
    let status = child.wait().await.context("waiting for `cargo test`")?;
    reaper.group_ended(pid)?;
    Ok(status)
}

fn code(status: ExitStatus) -> ExitCode {
    use std::os::unix::process::ExitStatusExt;
    let code = status
        .code()
        .or_else(|| Some(128 + status.signal()?))
        .unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(cargo: &[&str]) -> Vec<String> {
        let root = Path::new("/");
        let cargo: Vec<String> = cargo.iter().map(|&argument| argument.to_owned()).collect();
        let command = cargo_test(root, &cargo);
        command
            .as_std()
            .get_args()
            .map(|argument| argument.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn all_packages_are_tested_unless_one_is_named() {
        assert_eq!(arguments(&["--", "-p"]), ["test", "--workspace", "--", "-p"]);
        assert_eq!(arguments(&["-p", "sealing"]), ["test", "-p", "sealing"]);
        assert_eq!(arguments(&["--package=sealing"]), ["test", "--package=sealing"]);
    }

    #[test]
    fn a_signal_that_ended_the_tests_is_told_as_a_shell_does() {
        use std::os::unix::process::ExitStatusExt;
        assert_eq!(
            format!("{:?}", code(ExitStatus::from_raw(9))),
            format!("{:?}", ExitCode::from(137))
        );
        assert_eq!(
            format!("{:?}", code(ExitStatus::from_raw(101 << 8))),
            format!("{:?}", ExitCode::from(101))
        );
    }
}
