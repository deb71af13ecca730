//! How a backup is encrypted: for whom, or with what.

use std::fmt;
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use age::x25519;
use anyhow::Context as _;

use super::{no_identity, passphrase};
use crate::error::CommandError;
use crate::input;

/// Who can open a backup: people with an age identity, or those who know a passphrase.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Encryption")]
pub(crate) struct ProtectionArgs {
    /// Encrypt to this age recipient (`age1…`, as `age-keygen` prints it); repeatable: each can open it
    #[arg(short, long, value_name = "RECIPIENT", value_delimiter = ',')]
    recipient: Vec<Given>,
    /// Encrypt to the age recipients in this file, one a line
    #[arg(long, value_name = "FILE")]
    recipients_file: Vec<PathBuf>,
    /// Encrypt with the passphrase on the first line of this file (`-` is standard input); asked for on a
    /// terminal when neither this nor a recipient is named
    #[arg(long, value_name = "FILE", conflicts_with_all = ["recipient", "recipients_file"])]
    passphrase_file: Option<PathBuf>,
}

/// What was given as a recipient. It may be a private key by mistake, and clap shows values that it can't parse: so it is
/// parsed after clap, and shown by nothing.
#[derive(Clone)]
struct Given(String);

impl From<String> for Given {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Given(…)")
    }
}

/// How a backup is encrypted.
pub(crate) enum Protection {
    /// To each of these.
    Recipients(Vec<x25519::Recipient>),
    /// With a passphrase.
    Passphrase(SecretString),
}

impl ProtectionArgs {
    /// How to encrypt, as the flags say; none when they don't.
    ///
    /// # Errors
    /// A usage error when a recipient is none; an error when a file can't be read or holds no recipient.
    pub(crate) fn named(&self) -> Result<Option<Protection>, CommandError> {
        if let Some(path) = &self.passphrase_file {
            return Ok(Some(Protection::Passphrase(passphrase::read(path)?)));
        }
        let mut recipients = Vec::new();
        for (number, Given(text)) in (1..).zip(&self.recipient) {
            recipients.push(recipient(text).map_err(|problem| {
                CommandError::usage(problem).context(format!("cannot use value {number} of --recipient"))
            })?);
        }
        for path in &self.recipients_file {
            recipients.extend(recipients_of(path)?);
        }
        Ok((!recipients.is_empty()).then_some(Protection::Recipients(recipients)))
    }
}

impl Protection {
    /// With a passphrase that a person types.
    ///
    /// # Errors
    /// When there is nobody to ask.
    pub(crate) fn asked() -> Result<Self, CommandError> {
        passphrase::ask_twice().map(Self::Passphrase)
    }
}

/// Returns a recipient, or why a text is none, without the text.
fn recipient(text: &str) -> Result<x25519::Recipient, &'static str> {
    text.trim().parse().map_err(|_| {
        if text.to_ascii_uppercase().contains("AGE-SECRET-KEY") {
            "this is an identity, which opens backups; the recipient is the line `age1…` beside it"
        } else {
            "an age recipient begins with `age1` and is what `age-keygen` prints as the public key; SSH keys and \
             plugins are not taken"
        }
    })
}

fn recipients_of(path: &Path) -> Result<Vec<x25519::Recipient>, CommandError> {
    let doing = || format!("cannot use the recipients file `{}`", path.display());
    no_identity("--recipients-file", path)?;
    let bytes = input::read_file(path).map_err(|error| error.context(doing()))?;
    let text = std::str::from_utf8(&bytes).with_context(doing)?;
    let mut recipients = Vec::new();
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        recipients.push(recipient(line).map_err(|problem| {
            CommandError::message(format!("line {number}: {problem}")).context(doing())
        })?);
    }
    if recipients.is_empty() {
        return Err(CommandError::message("it holds no recipient").context(doing()));
    }
    Ok(recipients)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_in_the_place_of_a_recipient_is_not_repeated() {
        let text = "AGE-SECRET-KEY-1CANARY";
        let args = ProtectionArgs {
            recipient: vec![Given(text.to_owned())],
            recipients_file: Vec::new(),
            passphrase_file: None,
        };
        assert!(!format!("{args:?}").contains("CANARY"));
        let error = args.named().err().unwrap();
        let said = format!("{error:?}");
        assert!(
            !said.contains("CANARY") && said.contains("opens backups"),
            "{said}"
        );
    }
}
