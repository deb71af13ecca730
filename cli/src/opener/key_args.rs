//! `--key` and `--local`: private keys at hand.

use std::path::{Path, PathBuf};

use manifests::keys;
use sealing::{Certificate, KeyRing};

use crate::error::CommandError;
use crate::input;
use crate::local::LocalStore;

/// Private keys at hand.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct KeyArgs {
    /// Private keys: PEM, or key Secrets (YAML or JSON, Lists too); repeatable, or with commas between
    #[arg(
        short,
        long,
        value_name = "FILE",
        value_delimiter = ',',
        help_heading = "Keys",
        conflicts_with = "local"
    )]
    pub(crate) key: Vec<PathBuf>,
    /// A folder that stands in for a cluster: use all its active keys
    #[arg(long, value_name = "DIR", help_heading = "Keys")]
    pub(crate) local: Option<PathBuf>,
}

/// The keys of files.
pub(crate) struct FileKeys {
    /// All of them, whatever their labels say.
    pub(crate) ring: KeyRing,
    /// The certificate of the newest that has one and that no label takes out of use: a dump of a cluster's keys also
    /// holds retired and compromised ones.
    pub(crate) newest: Option<Certificate>,
}

impl KeyArgs {
    /// Whether keys at hand are named.
    pub(crate) fn names_keys(&self) -> bool {
        !self.key.is_empty() || self.local.is_some()
    }

    /// The keys that the flags name; `None` without a flag.
    ///
    /// # Errors
    /// When a key can't be read.
    pub(crate) fn load(&self) -> Result<Option<FileKeys>, CommandError> {
        if let Some(folder) = &self.local {
            let ring = LocalStore::open(folder)?.key_ring()?;
            let newest = newest(&ring);
            return Ok(Some(FileKeys { ring, newest }));
        }
        if self.key.is_empty() {
            return Ok(None);
        }
        FileKeys::read(&self.key).map(Some)
    }
}

impl FileKeys {
    /// The keys of all files. A file that was named is used whatever its labels say.
    ///
    /// # Errors
    /// When a file can't be read, holds no key, or one that can't be used.
    pub(crate) fn read(paths: &[PathBuf]) -> Result<Self, CommandError> {
        let mut ring = KeyRing::new();
        let mut in_use = KeyRing::new();
        for path in paths {
            let (all, of_them_in_use) = read(path)?;
            ring.extend(all);
            in_use.extend(of_them_in_use);
        }
        let newest = newest(&in_use);
        Ok(Self { ring, newest })
    }
}

/// All keys of a file, and those of them that no label takes out of use.
fn read(path: &Path) -> Result<(KeyRing, KeyRing), CommandError> {
    let name = path.display().to_string();
    let doing = || format!("cannot use the key file `{name}`");
    let bytes = input::read_file(path).map_err(|error| error.context("cannot read the private key"))?;
    let (ring, problems) =
        keys::ring_from_file(&name, &bytes).map_err(|error| CommandError::from(error).context(doing()))?;
    if let Some(problem) = problems.into_iter().next() {
        return Err(CommandError::failed(problem).context(doing()));
    }
    if ring.is_empty() {
        return Err(CommandError::message("it holds no private key")
            .context(doing())
            .hint(
            "a key file is an RSA private key as PEM, or key Secrets with `tls.key`; a certificate opens nothing",
        ));
    }
    let mut in_use = ring.clone();
    // A file of PEM has no labels, and is none of documents.
    let secrets = keys::secrets_from_file(&name, &bytes).unwrap_or_default();
    if !secrets.is_empty() {
        let (enabled, _) = keys::ring_of_all(secrets.iter().filter(|secret| !keys::is_disabled(secret)));
        in_use = enabled;
    }
    Ok((ring, in_use))
}

fn newest(ring: &KeyRing) -> Option<Certificate> {
    ring.iter().find_map(|key| key.certificate.clone())
}
