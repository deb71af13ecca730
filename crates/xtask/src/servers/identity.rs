//! The certificates, keys and token of a run. All are new each time.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

/// Files and values that the API server and its clients agree on.
pub(super) struct Identity {
    /// Certificate authority, PEM.
    pub(super) ca: String,
    /// File with the certificate authority.
    pub(super) ca_file: PathBuf,
    /// File with the API server's certificate.
    pub(super) certificate: PathBuf,
    /// File with its key.
    pub(super) key: PathBuf,
    /// File with the key that signs `ServiceAccount` tokens.
    pub(super) service_account_key: PathBuf,
    /// File with the key that verifies them: a PKCS #8 private key would not do, as a SEC 1 one would.
    pub(super) service_account_public_key: PathBuf,
    /// Token of the user `admin` in the group `system:masters`.
    pub(super) token: String,
    /// The API server's token file.
    pub(super) token_file: PathBuf,
}

impl Identity {
    /// Makes everything in the folder `dir`; files of mode 0600.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn create(dir: &Path) -> Result<Self> {
        let ca_key = KeyPair::generate().context("making the key of the certificate authority")?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "testkit");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca = params
            .self_signed(&ca_key)
            .context("making the certificate authority")?
            .pem();
        let issuer = Issuer::new(params, ca_key);

        let key = KeyPair::generate().context("making the API server's key")?;
        let names = ["127.0.0.1", "localhost", "kubernetes.default.svc"].map(str::to_owned);
        let mut server = CertificateParams::new(names).context("naming the API server")?;
        server
            .distinguished_name
            .push(DnType::CommonName, "kube-apiserver");
        let certificate = server
            .signed_by(&key, &issuer)
            .context("making the API server's certificate")?;

        let signing = KeyPair::generate().context("making the key for ServiceAccount tokens")?;
        let token = random_hex()?;
        Ok(Self {
            ca_file: write(dir, "ca.crt", &ca)?,
            certificate: write(dir, "apiserver.crt", &certificate.pem())?,
            key: write(dir, "apiserver.key", &key.serialize_pem())?,
            service_account_key: write(dir, "service-accounts.key", &signing.serialize_pem())?,
            service_account_public_key: write(dir, "service-accounts.pub", &signing.public_key_pem())?,
            token_file: write(
                dir,
                "tokens.csv",
                &format!("{token},admin,admin,\"system:masters\"\n"),
            )?,
            ca,
            token,
        })
    }
}

/// Writes a file of mode 0600 and returns its path.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(dir: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let path = dir.join(name);
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("making `{}`", path.display()))?;
    file.write_all(text.as_bytes())
        .with_context(|| format!("writing `{}`", path.display()))?;
    Ok(path)
}

/// Returns 128 random bits of the system as 32 hexadecimal digits.
///
/// # Errors
/// When the system has no random numbers.
pub(super) fn random_hex() -> Result<String> {
    Ok(hex(&random::<16>()?))
}

/// Returns random bytes of the system.
///
/// # Errors
/// When the system has none.
pub(super) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("reading random numbers of the system")?;
    Ok(bytes)
}

/// Returns two lower-case hexadecimal digits a byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn bytes_are_written_high_digit_first() {
        assert_eq!(hex(&[0x0a, 0xf1]), "0af1");
    }

    #[test]
    fn every_file_is_the_owners_alone_and_every_run_has_its_own_token() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let identity = Identity::create(one.path()).unwrap();
        for entry in fs::read_dir(one.path()).unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
        assert_eq!(identity.token.len(), 32);
        assert_ne!(identity.token, Identity::create(two.path()).unwrap().token);
    }
}
