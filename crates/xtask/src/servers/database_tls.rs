//! The certificates of the database servers and their clients. All are new each run.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use testkit::DatabaseTlsFiles;

use super::account::Account;
use super::identity::write;

/// Files that the database servers are started with.
pub(super) struct DatabaseTls {
    /// Certificate authority of servers and clients.
    pub(super) ca: PathBuf,
    /// Certificate of the servers.
    pub(super) server_certificate: PathBuf,
    /// Its key.
    pub(super) server_key: PathBuf,
    /// What the hand-over says.
    pub(super) files: DatabaseTlsFiles,
}

impl DatabaseTls {
    /// Makes everything in the folder `tls` of `dir`.
    ///
    /// The authority is not the API server's, so that a test has one that is wrong.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn create(dir: &Path, account: &Account) -> Result<Self> {
        let dir = dir.join("tls");
        fs::create_dir(&dir).with_context(|| format!("making `{}`", dir.display()))?;
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o711))
            .with_context(|| format!("opening `{}`", dir.display()))?;

        let ca_key = KeyPair::generate().context("making the key of the databases' authority")?;
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "testkit databases");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca = params
            .self_signed(&ca_key)
            .context("making the databases' authority")?
            .pem();
        let issuer = Issuer::new(params, ca_key);

        // Without the name `localhost`, so that a test has a name that is wrong.
        let (server_certificate, server_key) = signed(
            "testkit database server",
            &["127.0.0.1"],
            ExtendedKeyUsagePurpose::ServerAuth,
            &issuer,
        )?;
        let (client_certificate, client_key) = signed(
            "testkit database client",
            &[],
            ExtendedKeyUsagePurpose::ClientAuth,
            &issuer,
        )?;
        let files = DatabaseTlsFiles {
            ca: write(&dir, "ca.crt", &ca)?,
            client_certificate: write(&dir, "client.crt", &client_certificate)?,
            client_key: write(&dir, "client.key", &client_key)?,
        };
        let tls = Self {
            // The servers' own copies: they may read no other's, and others may not read theirs.
            ca: write(&dir, "server-ca.crt", &ca)?,
            server_certificate: write(&dir, "server.crt", &server_certificate)?,
            server_key: write(&dir, "server.key", &server_key)?,
            files,
        };
        for path in [&tls.ca, &tls.server_certificate, &tls.server_key] {
            account.give(path)?;
        }
        Ok(tls)
    }
}

/// Returns a certificate and its key, PEM.
fn signed(
    name: &str,
    addresses: &[&str],
    usage: ExtendedKeyUsagePurpose,
    issuer: &Issuer<'_, KeyPair>,
) -> Result<(String, String)> {
    let doing = || format!("making the certificate of `{name}`");
    let key = KeyPair::generate().with_context(doing)?;
    let addresses: Vec<String> = addresses.iter().map(|&address| address.to_owned()).collect();
    let mut params = CertificateParams::new(addresses).with_context(doing)?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![usage];
    let certificate = params.signed_by(&key, issuer).with_context(doing)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_its_owners_alone_and_every_run_has_its_own_authority() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let account = Account::choose().unwrap();
        let tls = DatabaseTls::create(one.path(), &account).unwrap();
        for entry in fs::read_dir(one.path().join("tls")).unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
        let other = DatabaseTls::create(two.path(), &account).unwrap();
        let read = |path: &Path| fs::read_to_string(path).unwrap();
        assert_ne!(read(&tls.files.ca), read(&other.files.ca));
        assert_ne!(read(&tls.files.client_key), read(&tls.server_key));
    }
}
