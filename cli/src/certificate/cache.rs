//! Certificates that were fetched, kept for an hour and for when their source can't be reached.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use jiff::{SignedDuration, Timestamp};
use sealing::Certificate;
use serde::{Deserialize, Serialize};

use crate::atomic_file::{self, Readers};
use crate::environment::path_or_empty;

/// How long a certificate is used without asking again.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// Where certificates that were fetched are kept.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Certificate")]
pub(crate) struct CacheArgs {
    /// Ask for the certificate each time, instead of keeping it for an hour (in `chancery/` of the user's cache folder)
    #[arg(long)]
    no_cache: bool,
    #[command(flatten)]
    folder: CacheFolderArgs,
}

/// The same for a command that fetches none, and only looks at what is there.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct CacheFolderArgs {
    #[arg(
        long,
        hide = true,
        env = "XDG_CACHE_HOME",
        hide_env_values = true,
        value_parser = path_or_empty()
    )]
    cache_home: Option<PathBuf>,
}

impl CacheArgs {
    /// The cache, or with `--no-cache` one that is always empty.
    pub(crate) fn open(&self) -> Cache {
        if self.no_cache {
            return Cache { folder: None };
        }
        self.folder.open()
    }
}

impl CacheFolderArgs {
    /// The cache in `XDG_CACHE_HOME` (which has to be absolute, says its specification), else in `~/.cache`.
    pub(crate) fn open(&self) -> Cache {
        let home = || Some(env::home_dir()?.join(".cache"));
        let asked = self.cache_home.clone().filter(|folder| folder.is_absolute());
        Cache {
            folder: asked
                .or_else(home)
                .filter(|folder| folder.is_absolute())
                .map(|folder| folder.join("chancery").join("certificates")),
        }
    }
}

/// Certificates that were fetched. Nothing in it is worth failing for: what is damaged or can't be written is passed
/// over.
pub(crate) struct Cache {
    folder: Option<PathBuf>,
}

/// What a certificate is kept under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CacheKey(String);

/// A certificate that was fetched before.
pub(super) struct Cached {
    pub(super) certificate: Certificate,
    /// How long ago.
    pub(super) age: SignedDuration,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    fetched: Timestamp,
    certificate: String,
}

impl CacheKey {
    /// That of a URL. The file's name is a digest: the URL may hold a password.
    pub(super) fn of_url(url: &str) -> Self {
        Self::of(&["url", url])
    }

    /// That of a controller. `server` tells clusters apart.
    pub(super) fn of_controller(server: &str, namespace: &str, name: &str) -> Self {
        Self::of(&["controller", server, namespace, name])
    }

    fn of(parts: &[&str]) -> Self {
        let mut digest = digest::Context::new(&digest::SHA256);
        for part in parts {
            digest.update(&(part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        let bytes = digest.finish();
        let hex = |mut text: String, byte: &u8| {
            let _ = write!(text, "{byte:02x}");
            text
        };
        Self(bytes.as_ref().iter().fold(String::new(), hex))
    }
}

impl Cached {
    /// Whether it is used without asking again.
    pub(super) fn is_fresh(&self) -> bool {
        self.age < FRESH
    }
}

impl Cache {
    /// The certificate that was kept under this key, unless it has expired by now, is damaged, or others than the owner
    /// could have written it.
    pub(super) fn get(&self, key: &CacheKey, now: Timestamp) -> Option<Cached> {
        let file = self.file(key)?;
        if !is_private(&file) {
            return None;
        }
        let entry: Entry = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        let certificate = Certificate::from_pem(entry.certificate.as_bytes()).ok()?;
        certificate.check_valid(now).ok()?;
        let age = now.duration_since(entry.fetched);
        // From the future: the clock was set back, and nothing is known about its age.
        (!age.is_negative()).then_some(Cached { certificate, age })
    }

    /// Keeps a certificate that was fetched now.
    pub(super) fn put(&self, key: &CacheKey, certificate: &Certificate, now: Timestamp) {
        let Some(file) = self.file(key) else { return };
        let entry = Entry {
            fetched: now,
            certificate: certificate.to_pem(),
        };
        let Ok(bytes) = serde_json::to_vec(&entry) else {
            return;
        };
        if file.parent().is_some_and(|folder| make_private(folder).is_ok()) {
            // A cache that can't be written is no reason to fail.
            let _ = atomic_file::replace(&file, &bytes, Readers::Owner);
        }
    }

    fn file(&self, key: &CacheKey) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{}.json", key.0)))
    }
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Whoever can put a file here chooses the key that secrets are sealed for. A file that only its owner can read, and
/// that this process could read, is this user's. (The last six bits are those of the others.)
#[cfg(unix)]
fn is_private(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::symlink_metadata(file)
        .is_ok_and(|about| about.is_file() && about.permissions().mode().trailing_zeros() >= 6)
}

#[cfg(not(unix))]
fn is_private(file: &Path) -> bool {
    fs::symlink_metadata(file).is_ok_and(|about| about.is_file())
}

#[cfg(test)]
impl Cache {
    /// A cache in this folder.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: Some(folder.to_owned()),
        }
    }
}
