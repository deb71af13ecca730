//! What has to be on the machine before servers can be built and started, and how it gets there.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use super::go_tools;

/// Something that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Missing {
    what: String,
    /// What Debian calls it, when installing that would do.
    package: Option<&'static str>,
    /// How to get it by hand.
    how: String,
}

/// Programs of the system that are run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The folder of Postgres' programs.
    pub postgres: PathBuf,
    /// MariaDB's server.
    pub mariadb: PathBuf,
}

/// Makes sure that Go, Postgres, MariaDB, what MySQL needs and the tools of a root user are there, and returns
/// where the database programs are. On Debian as root it installs Debian's packages; elsewhere it only looks.
///
/// # Errors
/// When something is missing: one message with everything that is, and how to get it.
pub fn provide(root: &Path, mysql_is_cached: bool) -> Result<Found> {
    let mut missing = look(root, mysql_is_cached)?;
    let packages: Vec<&str> = missing.iter().filter_map(|missing| missing.package).collect();
    if !packages.is_empty() && is_root() && Path::new("/etc/debian_version").exists() {
        install(&packages)?;
        missing = look(root, mysql_is_cached)?;
    }
    if !missing.is_empty() {
        bail!("{}", message(&missing));
    }
    Ok(Found {
        postgres: postgres_programs().context("Postgres was found and is gone")?,
        mariadb: mariadb_server().context("MariaDB was found and is gone")?,
    })
}

/// Makes sure that Go is there; see [`provide`].
///
/// # Errors
/// As [`provide`].
pub fn provide_go(root: &Path) -> Result<()> {
    match go(root)? {
        Some(missing) => bail!("{}", message(&[missing])),
        None => Ok(()),
    }
}

/// Returns whether this process is root's.
pub(super) fn is_root() -> bool {
    // The owner of a process' folder in /proc is its effective user; `id` is the way of other systems.
    match fs::metadata("/proc/self") {
        Ok(metadata) => metadata.uid() == 0,
        Err(_) => answer("id", &["-u"]).is_some_and(|id| id == "0"),
    }
}

fn look(root: &Path, mysql_is_cached: bool) -> Result<Vec<Missing>> {
    let mut missing: Vec<Missing> = go(root)?.into_iter().collect();
    if postgres_programs().is_none() {
        missing.push(Missing {
            what: "Postgres 15 or later (initdb, postgres, pg_isready)".to_owned(),
            package: Some("postgresql"),
            how: "install your system's package and put its programs on PATH".to_owned(),
        });
    }
    if mariadb_server().is_none() {
        missing.push(Missing {
            what: "MariaDB 10.11 or later (mariadbd)".to_owned(),
            // Without `mariadb-server`, which would also run one for the whole machine.
            package: Some("mariadb-server-core"),
            how: "install your system's package and put its programs on PATH".to_owned(),
        });
    }
    let mut wanted = vec![
        (
            "mariadb-install-db",
            "mariadb-server-core",
            "it makes MariaDB's data folder",
        ),
        (
            "my_print_defaults",
            "mariadb-client-core",
            "mariadb-install-db runs it",
        ),
    ];
    if !mysql_is_cached {
        wanted.push(("mvn", "maven", "it fetches MySQL"));
        wanted.push(("unzip", "unzip", "it unpacks MySQL"));
    }
    if is_root() {
        wanted.extend([
            ("setpriv", "util-linux", "Postgres refuses to run as root"),
            (
                "unshare",
                "util-linux",
                "tests run the real controller in a mount namespace",
            ),
            (
                "ip",
                "iproute2",
                "the API server's proxies need an address that is not loopback",
            ),
        ]);
    }
    for (program, package, why) in wanted {
        if answer("sh", &["-c", &format!("command -v {program}")]).is_none() {
            missing.push(missing_package(program, package, why));
        }
    }
    let libraries = answer("/sbin/ldconfig", &["-p"]).unwrap_or_default();
    for (library, package) in [("libaio.so.1", "libaio1"), ("libnuma.so.1", "libnuma1")] {
        if !has_library(&libraries, library) {
            missing.push(missing_package(library, package, "MySQL needs it"));
        }
    }
    Ok(missing)
}

fn missing_package(what: &str, package: &'static str, why: &str) -> Missing {
    Missing {
        what: format!("{what} ({why})"),
        package: Some(package),
        how: format!("install {package}"),
    }
}

/// Returns whether the loader's listing has a library by its exact name.
fn has_library(listing: &str, library: &str) -> bool {
    listing
        .lines()
        .any(|line| line.split_whitespace().next() == Some(library))
}

fn go(root: &Path) -> Result<Option<Missing>> {
    let mut wanted = String::new();
    for tools in go_tools::ALL {
        let version = tools.go_version(root)?;
        if numbers(&version) > numbers(&wanted) {
            wanted = version;
        }
    }
    let found = answer("go", &["env", "GOVERSION"]).unwrap_or_default();
    if numbers(&found) >= numbers(&wanted) {
        return Ok(None);
    }
    let debian = answer("apt-cache", &["policy", "golang-go"]).unwrap_or_default();
    Ok(Some(missing_go(&wanted, &found, &debian)))
}

fn missing_go(wanted: &str, found: &str, policy: &str) -> Missing {
    let candidate = policy
        .lines()
        .find_map(|line| line.trim().strip_prefix("Candidate: "))
        .unwrap_or_default();
    let upstream = candidate
        .split_once(':')
        .map_or(candidate, |(_, version)| version);
    let suffices = numbers(upstream) >= numbers(wanted);
    let seen = if found.is_empty() {
        String::new()
    } else {
        format!(", and {found} is on PATH")
    };
    let debian = if candidate.is_empty() || candidate == "(none)" || suffices {
        String::new()
    } else {
        format!("; Debian's golang-go is {candidate}, too old")
    };
    Missing {
        what: format!("Go {wanted} or later (it builds kube-apiserver, etcd and kubeseal{seen})"),
        package: suffices.then_some("golang-go"),
        how: format!("install it from go.dev/dl and put its bin folder on PATH{debian}"),
    }
}

/// Returns the numbers of a version such as `go1.26.8`, `2:1.19~1` (after the epoch) or `1.26.0`.
fn numbers(version: &str) -> Vec<u32> {
    version
        .trim_start_matches(|character: char| !character.is_ascii_digit())
        .split('.')
        .map_while(|part| {
            part.split(|character: char| !character.is_ascii_digit())
                .next()?
                .parse()
                .ok()
        })
        .collect()
}

/// Returns the folder with `initdb` and `postgres`: Debian's newest, else the one on PATH.
fn postgres_programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut versions: Vec<(u32, PathBuf)> = debian
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort();
    let on_path = || {
        let initdb = answer("sh", &["-c", "command -v initdb"])?;
        Some(fs::canonicalize(initdb).ok()?.parent()?.to_owned())
    };
    let complete = |bin: &PathBuf| {
        ["initdb", "postgres", "pg_isready"]
            .iter()
            .all(|program| bin.join(program).exists())
    };
    versions
        .into_iter()
        .rev()
        .map(|(_, bin)| bin)
        .find(complete)
        .or_else(|| on_path().filter(complete))
}

/// Returns MariaDB's server: an ordinary user's PATH has no folder for servers.
fn mariadb_server() -> Option<PathBuf> {
    answer("sh", &["-c", "PATH=$PATH:/usr/sbin; command -v mariadbd"]).map(PathBuf::from)
}

fn install(packages: &[&str]) -> Result<()> {
    let mut packages = packages.to_vec();
    packages.sort_unstable();
    packages.dedup();
    crate::progress(&format!("installing Debian's {}", packages.join(", ")));
    let apt_get = |args: &[&str]| -> Result<()> {
        let output = Command::new("apt-get")
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("running `apt-get {}`", args.join(" ")))?;
        ensure!(
            output.status.success(),
            "running `apt-get {}`: {}{}",
            args.join(" "),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    };
    let args = [
        &["install", "--yes", "--no-install-recommends"],
        packages.as_slice(),
    ]
    .concat();
    // A new machine has no package lists, or old ones that name packages that are gone.
    apt_get(&["update", "--quiet"])?;
    apt_get(&args)
}

fn message(missing: &[Missing]) -> String {
    let lines: Vec<String> = missing
        .iter()
        .map(|missing| format!("  {}\n    hint: {}", missing.what, missing.how))
        .collect();
    format!(
        "looking for what the private servers need; missing:\n{}",
        lines.join("\n")
    )
}

/// Returns what a program prints, trimmed, or `None` when it is not there or fails.
pub(super) fn answer(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number_whatever_is_around_them() {
        assert!(numbers("go1.26.10") > numbers("1.26.9"));
        assert_eq!(numbers("1.19~1"), [1, 19]);
        assert!(numbers("go1.27rc1") > numbers("1.26.2"));
        assert!(numbers("") < numbers("1.26.0"));
    }

    #[test]
    fn an_old_go_of_debian_is_named_and_not_installed() {
        let policy = "golang-go:\n  Installed: (none)\n  Candidate: 2:1.19~1\n";
        let missing = missing_go("1.26.2", "", policy);
        assert_eq!(missing.package, None);
        assert!(missing.how.contains("2:1.19~1, too old"), "{}", missing.how);
    }

    #[test]
    fn a_new_go_of_debian_is_installed() {
        let missing = missing_go("1.26.2", "go1.21.0", "  Candidate: 2:1.27~1\n");
        assert_eq!(missing.package, Some("golang-go"));
        assert!(missing.what.contains("go1.21.0 is on PATH"), "{}", missing.what);
    }

    #[test]
    fn a_library_of_a_longer_name_is_another_one() {
        let listing = "3 libs found\n\tlibaio.so.1t64 (libc6,x86-64) => /lib/libaio.so.1t64\n\
            \tlibnuma.so.1 (libc6,x86-64) => /lib/libnuma.so.1\n";
        assert!(has_library(listing, "libnuma.so.1"));
        assert!(!has_library(listing, "libaio.so.1"));
    }

    #[test]
    fn one_message_names_everything_with_a_hint() {
        let missing = |what: &str| Missing {
            what: what.to_owned(),
            package: None,
            how: format!("get {what}"),
        };
        let message = message(&[missing("a"), missing("b")]);
        assert!(
            message.contains("  a\n    hint: get a\n  b\n    hint: get b"),
            "{message}"
        );
    }
}
