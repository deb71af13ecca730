//! Backups of sealing keys: their Secrets as one `List`, encrypted in the age format.
//!
//! What is inside is what `kubectl apply` takes, so that a backup can be restored without Chancery too:
//! `age -d backup.age | kubectl apply -f -`.

mod passphrase;

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, Identity, IdentityFile, Recipient, scrypt, x25519};
use anyhow::Context as _;
use k8s_openapi::api::core::v1::Secret;
use manifests::documents;
use serde_json::json;
use zeroize::Zeroizing;

use crate::error::CommandError;
use crate::input;

/// A decrypted backup is read like a file of documents.
const LIMIT: u64 = documents::MAX_BYTES as u64;

/// Who can open a backup: people with an age identity, or those who know a passphrase.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Encryption")]
pub(crate) struct ProtectionArgs {
    /// Encrypt to this age recipient (`age1…`, as `age-keygen` prints it); repeatable: each can open it
    #[arg(short, long, value_name = "RECIPIENT", value_parser = recipient)]
    recipient: Vec<x25519::Recipient>,
    /// Encrypt to the age recipients in this file, one a line
    #[arg(long, value_name = "FILE")]
    recipients_file: Vec<PathBuf>,
    /// Encrypt with the passphrase on the first line of this file (`-` is standard input); asked for on a
    /// terminal when neither this nor a recipient is named
    #[arg(long, value_name = "FILE", conflicts_with_all = ["recipient", "recipients_file"])]
    passphrase_file: Option<PathBuf>,
}

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

/// How a backup is encrypted.
pub(crate) enum Protection {
    /// To each of these.
    Recipients(Vec<x25519::Recipient>),
    /// With a passphrase.
    Passphrase(SecretString),
}

impl ProtectionArgs {
    /// How to encrypt, from the flags or from a person.
    ///
    /// # Errors
    /// When a file can't be read or holds no recipient, or there is nobody to ask for a passphrase.
    pub(crate) fn protection(&self) -> Result<Protection, CommandError> {
        if let Some(path) = &self.passphrase_file {
            return Ok(Protection::Passphrase(passphrase::read(path)?));
        }
        let mut recipients = self.recipient.clone();
        for path in &self.recipients_file {
            recipients.extend(recipients_of(path)?);
        }
        if recipients.is_empty() {
            return Ok(Protection::Passphrase(passphrase::ask_twice()?));
        }
        Ok(Protection::Recipients(recipients))
    }
}

/// Returns the armoured text of a backup of these key Secrets.
///
/// # Errors
/// When a Secret can't be written as a manifest or the encryption fails.
pub(crate) fn encrypt(keys: &[Secret], protection: &Protection) -> Result<Vec<u8>, CommandError> {
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": keys });
    let text = Zeroizing::new(manifests::yaml::to_string(&list).map_err(CommandError::failed)?);
    let doing = "cannot encrypt the backup";
    let encryptor = match protection {
        Protection::Recipients(recipients) => {
            let each = recipients.iter().map(|recipient| recipient as &dyn Recipient);
            Encryptor::with_recipients(each).context(doing)?
        }
        Protection::Passphrase(passphrase) => Encryptor::with_user_passphrase(passphrase.clone()),
    };
    let armoured = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor).context(doing)?;
    let mut writer = encryptor.wrap_output(armoured).context(doing)?;
    writer.write_all(text.as_bytes()).context(doing)?;
    let armoured = writer.finish().context(doing)?;
    Ok(armoured.finish().context(doing)?)
}

/// What opens the backup that was just made, where this process has it: the passphrase, never an identity.
pub(crate) fn own_key(protection: &Protection) -> Option<Vec<Box<dyn Identity>>> {
    match protection {
        Protection::Recipients(_) => None,
        Protection::Passphrase(passphrase) => Some(vec![Box::new(scrypt::Identity::new(passphrase.clone()))]),
    }
}

impl UnlockArgs {
    /// Whether something was named that opens backups.
    pub(crate) fn names_something(&self) -> bool {
        !self.identity.is_empty() || self.passphrase_file.is_some()
    }

    /// What opens a backup, from the flags or from a person.
    ///
    /// # Errors
    /// When a file can't be read or holds no identity, or there is nobody to ask for a passphrase.
    pub(crate) fn identities(&self) -> Result<Vec<Box<dyn Identity>>, CommandError> {
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

/// Whether a text is an encrypted backup; else it is read as key Secrets in the clear, such as
/// `kubectl get secret -o yaml` writes them.
pub(crate) fn is_encrypted(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    start.starts_with(b"age-encryption.org/") || start.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
}

/// Returns the documents in a backup.
///
/// # Errors
/// When none of the identities opens it, it is damaged, or larger than 10 MiB.
pub(crate) fn decrypt(
    name: &str,
    bytes: &[u8],
    identities: &[Box<dyn Identity>],
) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let doing = || format!("cannot open the backup {name}");
    let refused = |error: DecryptError, has_passphrase: bool| {
        let hint = match &error {
            DecryptError::NoMatchingKeys
            | DecryptError::KeyDecryptionFailed
            | DecryptError::DecryptionFailed => {
                "check the identity or the passphrase: a backup names neither"
            }
            DecryptError::ExcessiveWork { .. } => {
                "it was encrypted on a much faster machine: `age -d` opens it, and `keys restore` takes what that prints"
            }
            _ => "it is damaged or cut short; take another copy",
        };
        let error = match error {
            // "Decryption failed", in age's words.
            DecryptError::KeyDecryptionFailed | DecryptError::DecryptionFailed if has_passphrase => {
                CommandError::message("the passphrase does not open it")
            }
            // An identity was named for it, or a passphrase asked for, and it needs the other.
            DecryptError::NoMatchingKeys if has_passphrase => {
                CommandError::message("it is under a passphrase, not for an identity")
            }
            DecryptError::NoMatchingKeys => {
                CommandError::message("it is for other age recipients than those whose identities were named")
            }
            error => CommandError::failed(error),
        };
        error.context(doing()).hint(hint)
    };
    let decryptor = Decryptor::new(ArmoredReader::new(bytes)).map_err(|error| refused(error, false))?;
    let has_passphrase = decryptor.is_scrypt();
    let each = identities
        .iter()
        .map(|identity| identity.as_ref() as &dyn Identity);
    let reader = decryptor
        .decrypt(each)
        .map_err(|error| refused(error, has_passphrase))?;
    let mut text = Zeroizing::new(Vec::new());
    reader
        .take(LIMIT + 1)
        .read_to_end(&mut text)
        .with_context(doing)
        .map_err(|error| CommandError::failed(error).hint("it is damaged or cut short; take another copy"))?;
    if text.len() as u64 > LIMIT {
        return Err(
            CommandError::message(format!("it holds more than {} MiB", LIMIT >> 20)).context(doing()),
        );
    }
    Ok(text)
}

/// Parses a recipient for clap. The value is public, so messages may show it; a private key in its place must not be.
fn recipient(text: &str) -> Result<x25519::Recipient, String> {
    text.trim().parse().map_err(|_| {
        if text.to_ascii_uppercase().contains("AGE-SECRET-KEY") {
            "this is an identity, which opens backups; the recipient is the line `age1…` beside it".to_owned()
        } else {
            "an age recipient begins with `age1` and is what `age-keygen` prints as the public key; SSH keys and \
             plugins are not taken"
                .to_owned()
        }
    })
}

fn recipients_of(path: &Path) -> Result<Vec<x25519::Recipient>, CommandError> {
    let doing = || format!("cannot use the recipients file `{}`", path.display());
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

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Secret {
        let mut secret = Secret::default();
        secret.metadata.name = Some(name.to_owned());
        secret
    }

    fn pass(text: &str) -> Vec<Box<dyn Identity>> {
        vec![Box::new(scrypt::Identity::new(SecretString::from(
            text.to_owned(),
        )))]
    }

    #[test]
    fn a_backup_for_two_recipients_is_opened_by_each_of_them_and_by_no_other() {
        let (one, two, other) = (
            x25519::Identity::generate(),
            x25519::Identity::generate(),
            x25519::Identity::generate(),
        );
        let protection = Protection::Recipients(vec![one.to_public(), two.to_public()]);
        let backup = encrypt(&[key("a")], &protection).unwrap();
        assert!(is_encrypted(&backup) && own_key(&protection).is_none());
        for identity in [one, two] {
            let text = decrypt("b", &backup, &[Box::new(identity) as Box<dyn Identity>]).unwrap();
            assert!(std::str::from_utf8(&text).unwrap().contains("name: a"));
        }
        let error = decrypt("b", &backup, &[Box::new(other) as Box<dyn Identity>]).unwrap_err();
        assert_eq!(error.causes()[0], "cannot open the backup b");
    }

    #[test]
    fn a_wrong_passphrase_is_told_from_damage() {
        let protection = Protection::Passphrase(SecretString::from("correct horse".to_owned()));
        let backup = encrypt(&[key("a")], &protection).unwrap();
        assert!(decrypt("b", &backup, &own_key(&protection).unwrap()).is_ok());
        let error = decrypt("b", &backup, &pass("battery")).unwrap_err();
        assert_eq!(error.causes()[1], "the passphrase does not open it");
        let half = &backup[..backup.len() / 2];
        assert!(decrypt("b", half, &pass("correct horse")).is_err());
    }

    #[test]
    fn an_identity_in_the_place_of_a_recipient_is_not_repeated() {
        let problem = recipient("AGE-SECRET-KEY-1CANARY").unwrap_err();
        assert!(
            !problem.contains("CANARY") && problem.contains("opens backups"),
            "{problem}"
        );
    }
}
