//! Looks for inputs that break a law, with libFuzzer.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;

use anyhow::{Context, Result, ensure};

use super::super::answer;
use crate::repository;

/// What one program tries, and where it takes what to begin with.
struct Target {
    name: &'static str,
    seeds: &'static [&'static str],
}

const TARGETS: [Target; 6] = [
    Target {
        name: "item",
        seeds: &["testdata/crypto"],
    },
    Target {
        name: "keys",
        seeds: &["testdata/crypto"],
    },
    Target {
        name: "documents",
        seeds: &["testdata/sealing", "testdata/crypto", "crds"],
    },
    Target {
        name: "edit",
        seeds: &["testdata/sealing", "testdata/crypto"],
    },
    Target {
        name: "scope",
        seeds: &["testdata/sealing"],
    },
    Target {
        name: "template",
        seeds: &["testdata/template"],
    },
];

/// What the compiler adds so that libFuzzer sees which branches an input takes; stable Rust has it all.
const INSTRUMENTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";

/// The only system that the tests know.
const SYSTEM: &str = "x86_64-unknown-linux-gnu";

/// The longest input: more than an object holds of what is tried, and short enough for many tries.
const MAX_LEN: u32 = 65_536;
/// Seconds after which one input counts as one that hangs.
const HANGS: u32 = 20;
/// MiB after which one counts as one that takes too much memory.
const MEMORY: u32 = 2048;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(super) struct FuzzArguments {
    /// How long each target is tried.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    minutes: u32,
    /// Try only these targets.
    #[arg(long, value_parser = TARGETS.map(|target| target.name), value_name = "NAME")]
    target: Vec<String>,
    /// Where the random choices begin; tell it with a failure.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    seed: u32,
}

/// Builds the targets and tries each for its time, as many at once as there are cores. What was found new is kept in
/// the target folder and begun with the next time. Exit code 1 when a law was broken.
///
/// # Errors
/// When the targets cannot be built or started.
pub(super) fn run(arguments: &FuzzArguments) -> Result<ExitCode> {
    let root = repository::root();
    let folder = root.join("target/fuzz");
    build(root, &folder)?;
    let waiting = Mutex::new(chosen(&arguments.target));
    let cores = thread::available_parallelism().map_or(1, usize::from);
    answer(format_args!(
        "fuzzing for {} minutes each, seed {}",
        arguments.minutes, arguments.seed
    ));
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let work = || {
        let mut clean = true;
        while let Some(target) = next() {
            clean &= tried(root, &folder, target, arguments)?;
        }
        Ok(clean)
    };
    let ended: Vec<Result<bool>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(thread::ScopedJoinHandle::join);
        ended
            .map(|ended| ended.unwrap_or_else(|_| anyhow::bail!("a worker of the fuzzer panicked")))
            .collect()
    });
    let mut clean = true;
    for one in ended {
        clean &= one?;
    }
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The targets of these names, or all; the last is the first to be taken.
fn chosen(names: &[String]) -> Vec<&'static Target> {
    let wanted = |target: &&Target| names.is_empty() || names.iter().any(|name| name == target.name);
    TARGETS.iter().rev().filter(wanted).collect()
}

fn build(root: &Path, folder: &Path) -> Result<()> {
    crate::progress("building the fuzz targets (minutes, the first time)");
    let status = Command::new("cargo")
        .args(["build", "--release", "--locked", "--quiet", "--target", SYSTEM])
        .arg("--manifest-path")
        .arg(root.join("crates/manifests/fuzz/Cargo.toml"))
        .env("CARGO_TARGET_DIR", folder)
        .env("RUSTFLAGS", INSTRUMENTED)
        .status()
        .context("running Cargo")?;
    ensure!(status.success(), "the fuzz targets cannot be built");
    Ok(())
}

/// Tries one target, and returns whether no law was broken.
fn tried(root: &Path, folder: &Path, target: &Target, arguments: &FuzzArguments) -> Result<bool> {
    let name = target.name;
    let corpus = folder.join("corpus").join(name);
    let log = folder.join(format!("{name}.log"));
    fs::create_dir_all(&corpus).with_context(|| format!("making `{}`", corpus.display()))?;
    let output = File::create(&log).with_context(|| format!("writing `{}`", log.display()))?;
    let program = folder.join(SYSTEM).join("release").join(name);
    let status = Command::new(&program)
        .args(flags(folder, target, arguments))
        .arg(&corpus)
        .args(
            target
                .seeds
                .iter()
                .map(|seeds| root.join(seeds))
                .filter(|seeds| seeds.exists()),
        )
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(output.try_clone().context("sharing the log")?)
        .stderr(output)
        .status()
        .with_context(|| format!("running `{}`", program.display()))?;
    let text = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned();
    let tries = stat(&text, "number_of_executed_units").unwrap_or("?");
    if status.success() {
        answer(format_args!("{name}: clean after {tries} inputs"));
    } else {
        answer(format_args!(
            "{name}: a law is broken ({status}); the end of its log:"
        ));
        let lines: Vec<&str> = text.lines().collect();
        let end = lines.len().saturating_sub(40);
        lines.iter().skip(end).for_each(answer);
        answer(format_args!(
            "{name}: again with `{} {}`",
            program.display(),
            artifacts(folder, name).display()
        ));
    }
    Ok(status.success())
}

fn flags(folder: &Path, target: &Target, arguments: &FuzzArguments) -> Vec<OsString> {
    let mut prefix = OsString::from("-artifact_prefix=");
    prefix.push(artifacts(folder, target.name));
    [
        format!("-max_total_time={}", u64::from(arguments.minutes) * 60),
        format!("-seed={}", arguments.seed),
        format!("-timeout={HANGS}"),
        format!("-rss_limit_mb={MEMORY}"),
        format!("-max_len={MAX_LEN}"),
        "-print_final_stats=1".to_owned(),
    ]
    .into_iter()
    .map(OsString::from)
    .chain([prefix])
    .collect()
}

/// How the files begin that hold an input that broke a law.
fn artifacts(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}-broken-"))
}

/// A number of libFuzzer's last words.
fn stat<'a>(log: &'a str, name: &str) -> Option<&'a str> {
    let line = log.lines().rev().find(|line| line.contains(name))?;
    line.rsplit(' ').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_program_and_every_program_is_a_target() {
        let folder = repository::root().join("crates/manifests/fuzz/targets");
        let mut programs: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        programs.sort();
        let mut targets = TARGETS.map(|target| target.name);
        targets.sort_unstable();
        assert_eq!(programs, targets);
    }

    #[test]
    fn targets_are_all_unless_some_are_named() {
        let names = |names: &[&str]| -> Vec<&str> {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            chosen(&names).iter().map(|target| target.name).collect()
        };
        assert_eq!(names(&[]).len(), TARGETS.len());
        assert_eq!(names(&["scope", "item"]), ["scope", "item"]);
    }

    #[test]
    fn the_number_of_inputs_is_in_the_last_words() {
        let log = "#12 DONE\nstat::number_of_executed_units: 4711\nstat::peak_rss_mb: 40\n";
        assert_eq!(stat(log, "number_of_executed_units"), Some("4711"));
        assert_eq!(stat("", "number_of_executed_units"), None);
    }
}
