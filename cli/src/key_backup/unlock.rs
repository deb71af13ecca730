//! What opens a backup.

use std::path::{Path, PathBuf};

use age::{Identity, IdentityFile, scrypt};
use anyhow::Context as _;
use zeroize::Zeroizing;

use super::{decrypt, decryptor, no_identity, opening, passphrase};
use crate::error::CommandError;
use crate::input;

/// What opens a backup.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Encryption")]
pub(crate) struct UnlockArgs {
    /// A file of age identities (`AGE-SECRET-KEY-1…`); repeatable
    #[arg(short, long, value_name = "FILE")]
    identity: Vec<PathBuf>,
    /// The passphrase is on the first line of this file (`-` is standard input); asked for on a terminal otherwise
    #[arg(long, value_name = "FILE", conflicts_with = "identity")]
    passphrase_file: Option<PathBuf>,
}

impl UnlockArgs {
    /// Whether something was named that opens backups.
    pub(crate) fn names_something(&self) -> bool {
        !self.identity.is_empty() || self.passphrase_file.is_some()
    }

    /// Whether the passphrase comes from standard input.
    pub(crate) fn reads_stdin(&self) -> bool {
        self.passphrase_file
            .as_ref()
            .is_some_and(|path| path.as_os_str() == "-")
    }

    /// Returns the documents in an encrypted backup. Before a passphrase is read or asked for it is looked whether one can
    /// open it.
    ///
    /// # Errors
    /// When what was named is of the wrong kind, can't be read or does not open it, there is nobody to ask for a
    /// passphrase, or the backup is damaged or larger than 10 MiB.
    pub(crate) fn open(&self, name: &str, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, CommandError> {
        for path in &self.identity {
            no_identity("--identity", path)?;
        }
        let wrong = |said: &'static str| CommandError::message(said).context(opening(name));
        match (decryptor(name, bytes)?.is_scrypt(), self.identity.is_empty()) {
            (true, false) => Err(
                wrong("it is encrypted with a passphrase, which no identity stands for").hint(
                    "leave --identity out: the passphrase is asked for, or read with --passphrase-file FILE",
                ),
            ),
            (false, true) => Err(wrong("it is for age recipients, so no passphrase opens it")
                .hint("name an identity with --identity FILE")),
            _ => decrypt(name, bytes, &self.identities()?),
        }
    }

    /// From the flags, or from a person.
    fn identities(&self) -> Result<Vec<Box<dyn Identity>>, CommandError> {
        if !self.identity.is_empty() {
            let mut identities = Vec::new();
            for path in &self.identity {
                identities.extend(identities_of(path)?);
            }
            return Ok(identities);
        }
        let passphrase = match &self.passphrase_file {
            Some(path) => passphrase::read(path)?,
            None => passphrase::ask()?,
        };
        Ok(vec![Box::new(scrypt::Identity::new(passphrase))])
    }
}

fn identities_of(path: &Path) -> Result<Vec<Box<dyn Identity>>, CommandError> {
    let doing = || format!("cannot use the identity file `{}`", path.display());
    let bytes = input::read_file(path).map_err(|error| error.context(doing()))?;
    // Its errors name a line and nothing of what stands there.
    let file = IdentityFile::from_buffer(bytes.as_slice())
        .with_context(doing)
        .map_err(|error| {
            CommandError::failed(error).hint(
                "an identity is a line `AGE-SECRET-KEY-1…`; one that is encrypted is decrypted with `age -d` first",
            )
        })?;
    let identities = file.into_identities().map_err(CommandError::failed)?;
    if identities.is_empty() {
        return Err(CommandError::message("it holds no identity").context(doing()));
    }
    Ok(identities
        .into_iter()
        .map(|identity| identity as Box<dyn Identity>)
        .collect())
}
