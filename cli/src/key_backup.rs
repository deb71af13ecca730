//! Backups of sealing keys: their Secrets as one `List`, encrypted in the age format.
//!
//! What is inside is what `kubectl apply` takes, so that a backup can be restored without Chancery too:
//! `age -d backup.age | kubectl apply -f -`.

mod passphrase;
mod protection;
mod unlock;

use std::io::{Read as _, Write as _};
use std::path::Path;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::{DecryptError, Decryptor, Encryptor, Identity, Recipient, scrypt};
use anyhow::Context as _;
use k8s_openapi::api::core::v1::Secret;
use manifests::documents;
use serde_json::json;
use zeroize::Zeroizing;

use crate::error::CommandError;

pub(crate) use protection::{Protection, ProtectionArgs};
pub(crate) use unlock::UnlockArgs;

/// A decrypted backup is read like a file of documents.
const LIMIT: u64 = documents::MAX_BYTES as u64;

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
    let doing = || opening(name);
    let decryptor = decryptor(name, bytes)?;
    let has_passphrase = decryptor.is_scrypt();
    let each = identities
        .iter()
        .map(|identity| identity.as_ref() as &dyn Identity);
    let reader = decryptor
        .decrypt(each)
        .map_err(|error| refused(name, error, has_passphrase))?;
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

/// What opens a backup, once it is known what with.
fn decryptor<'a>(
    name: &str,
    bytes: &'a [u8],
) -> Result<Decryptor<impl std::io::BufRead + use<'a>>, CommandError> {
    Decryptor::new_buffered(ArmoredReader::new(bytes)).map_err(|error| refused(name, error, false))
}

fn opening(name: &str) -> String {
    format!("cannot open the backup {name}")
}

/// Why a backup did not open, without age's own words where they say little.
fn refused(name: &str, error: DecryptError, has_passphrase: bool) -> CommandError {
    let hint = match &error {
        DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed | DecryptError::DecryptionFailed => {
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
        DecryptError::NoMatchingKeys => {
            CommandError::message("it is for other age recipients than those whose identities were named")
        }
        error => CommandError::failed(error),
    };
    error.context(opening(name)).hint(hint)
}

/// Refuses a private key where the name of a file belongs, before a message repeats it.
///
/// # Errors
/// A usage error when the name is an identity.
fn no_identity(flag: &str, path: &Path) -> Result<(), CommandError> {
    let text = path.to_string_lossy();
    if !text.to_ascii_uppercase().starts_with("AGE-SECRET-KEY-1") {
        return Ok(());
    }
    Err(CommandError::usage(format!(
        "{flag} takes the name of a file; what stands there is an identity, which opens backups"
    ))
    .hint("put the identity in a file: on a command line, others on this machine can read it"))
}

#[cfg(test)]
mod tests {
    use age::secrecy::SecretString;
    use age::x25519;

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
}
