//! `cargo xtask bench`: measurements against the programs that this one replaces, as ratios of one run. Numbers of
//! two machines, or of two days, say nothing.

mod reseal;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Subcommand;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use tokio::runtime;

use super::answer;
use crate::repository;
use crate::servers::cache::CacheArgs;
use crate::servers::go_tools::SEALED_SECRETS;
use crate::servers::needs;
use crate::servers::reaper::Reaper;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Seal one small Secret with a local certificate: `chancery` (release build) and the real kubeseal, whole
    /// processes, in turn.
    Seal {
        /// How often each seals, after one run in ten more to warm up.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        runs: u32,
        #[command(flatten)]
        cache: CacheArgs,
    },
    /// Re-seal a generated repository with 4096-bit keys (release build), beside one private-key and one public-key
    /// operation an item on all cores.
    Reseal {
        /// Files of the repository.
        #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(20..=100_000))]
        files: u32,
        /// How often, in turn.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
        runs: u32,
    },
}

/// Measures, and answers with medians and their ratio. A bad ratio is no failure: the reader judges.
///
/// # Errors
/// When a program cannot be built or fails.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.what {
        What::Seal { runs, cache } => seal(*runs, &cache.folder()?)?,
        What::Reseal { files, runs } => reseal::run(*files, *runs)?,
    }
    Ok(ExitCode::SUCCESS)
}

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\n  namespace: default\nstringData:\n  \
    user: admin\n  password: correct horse battery staple\n  token: \"0123456789abcdef\"\n";

fn seal(runs: u32, cache: &Path) -> Result<()> {
    let root = repository::root();
    let kubeseal = provide_kubeseal(root, cache)?;
    crate::progress("building chancery (release)");
    let status = Command::new("cargo")
        .args(["build", "--quiet", "--release", "--bin", "chancery"])
        .current_dir(root)
        .status()
        .context("running `cargo build`")?;
    ensure!(
        status.success(),
        "building chancery: `cargo build --release` ended with {status}"
    );
    let chancery = repository::target_directory(root)?.join("release/chancery");

    let dir = tempfile::tempdir().context("making a temporary folder")?;
    let (secret, certificate) = (dir.path().join("secret.yaml"), dir.path().join("cert.pem"));
    fs::write(&secret, SECRET).with_context(|| format!("writing `{}`", secret.display()))?;
    fs::write(&certificate, self_signed()?)
        .with_context(|| format!("writing `{}`", certificate.display()))?;

    let mut ours = Subject::new("chancery", &chancery, &["seal"]);
    let mut theirs = Subject::new("kubeseal", &kubeseal, &[]);
    for warm_up in [true, false] {
        for _ in 0..if warm_up { runs.div_ceil(10) } else { runs } {
            for subject in [&mut ours, &mut theirs] {
                let time = subject.seal_once(&secret, &certificate)?;
                if !warm_up {
                    subject.times.push(time);
                }
            }
        }
    }
    let (ours, theirs) = (ours.median(), theirs.median());
    answer(format_args!(
        "seal one Secret of three values, median of {runs} runs in turn"
    ));
    answer(format_args!("chancery  {:>8.2} ms", milliseconds(ours)));
    answer(format_args!("kubeseal  {:>8.2} ms", milliseconds(theirs)));
    answer(format_args!(
        "kubeseal / chancery  {:.2}",
        milliseconds(theirs) / milliseconds(ours)
    ));
    Ok(())
}

fn provide_kubeseal(root: &Path, cache: &Path) -> Result<std::path::PathBuf> {
    needs::provide_go(root)?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("starting Tokio")?;
    let reaper = Reaper::start()?;
    let folder = runtime.block_on(SEALED_SECRETS.provide(root, cache, &reaper))?;
    Ok(folder.join("kubeseal"))
}

/// Returns a certificate such as the controller makes, RSA 4096, PEM.
fn self_signed() -> Result<String> {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_4096).context("making an RSA key")?;
    Ok(CertificateParams::default()
        .self_signed(&key)
        .context("making a certificate")?
        .pem())
}

/// A program that is measured.
struct Subject<'a> {
    name: &'static str,
    program: &'a Path,
    arguments: &'a [&'a str],
    times: Vec<Duration>,
}

impl<'a> Subject<'a> {
    fn new(name: &'static str, program: &'a Path, arguments: &'a [&'a str]) -> Self {
        Self {
            name,
            program,
            arguments,
            times: Vec::new(),
        }
    }

    /// Seals `secret` and returns how long the whole process took.
    fn seal_once(&self, secret: &Path, certificate: &Path) -> Result<Duration> {
        let input = File::open(secret).with_context(|| format!("opening `{}`", secret.display()))?;
        let mut command = Command::new(self.program);
        command
            .args(self.arguments)
            .arg("--cert")
            .arg(certificate)
            .stdin(input)
            .stdout(Stdio::null())
            .stderr(Stdio::inherit());
        let start = Instant::now();
        let status = command
            .status()
            .with_context(|| format!("running `{}`", self.program.display()))?;
        let time = start.elapsed();
        ensure!(
            status.success(),
            "sealing with {}: it ended with {status}",
            self.name
        );
        Ok(time)
    }

    fn median(&mut self) -> Duration {
        self.times.sort_unstable();
        self.times.get(self.times.len() / 2).copied().unwrap_or_default()
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_does_not_mind_an_outlier() {
        let mut subject = Subject::new("probe", Path::new("true"), &[]);
        subject.times = [9000, 11, 10, 12, 10].map(Duration::from_millis).to_vec();
        assert_eq!(subject.median(), Duration::from_millis(11));
    }

    #[test]
    fn a_program_that_fails_is_no_measurement() {
        let dir = tempfile::tempdir().unwrap();
        let secret = dir.path().join("secret.yaml");
        fs::write(&secret, SECRET).unwrap();
        let error = Subject::new("probe", Path::new("false"), &[])
            .seal_once(&secret, &secret)
            .unwrap_err();
        assert!(error.to_string().contains("sealing with probe"), "{error}");
    }

    #[test]
    fn the_certificate_is_one() {
        assert!(self_signed().unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    }
}
