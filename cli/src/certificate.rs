//! Where the sealing certificate comes from: a file or URL, a local store, or the cluster.

mod download;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;
use sealing::{Certificate, CertificateError};

use crate::cluster::{Cluster, ClusterArgs};
use crate::error::CommandError;
use crate::input;
use crate::local::LocalStore;

/// Where the certificate comes from. With none of `--cert` and `--local`, from the cluster.
// Without `Debug`: the URL may hold a password.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Certificate")]
pub(crate) struct CertificateArgs {
    /// The certificate: a PEM file (or a key Secret), a file:// or an http(s):// URL [env: `SEALED_SECRETS_CERT`]
    #[arg(long, value_name = "FILE|URL", conflicts_with = "local")]
    cert: Option<String>,
    // An argument of its own, so that `--local` on the command line wins over the environment
    // instead of contradicting it.
    #[arg(long, hide = true, env = "SEALED_SECRETS_CERT", hide_env_values = true)]
    cert_from_environment: Option<String>,
    /// A folder that stands in for a cluster: use its newest key
    #[arg(long, value_name = "DIR")]
    pub(crate) local: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
}

impl CertificateArgs {
    /// The certificate, whatever its dates.
    ///
    /// # Errors
    /// When it cannot be had or is no RSA certificate; the message names the source.
    pub(crate) fn load(&self) -> Result<Certificate, CommandError> {
        if let Some(folder) = &self.local {
            return newest(&LocalStore::open(folder)?);
        }
        let named = self.cert.as_ref().or(self.cert_from_environment.as_ref());
        let (source, bytes) = match named.filter(|named| !named.is_empty()) {
            Some(named) if is_web(named) => (download::shown(named), download::download(named)?),
            Some(named) => {
                let path = local_path(named);
                let bytes = input::read_file(&path).map_err(|error| {
                    error
                        .context("cannot read the certificate")
                        .hint("`--cert` takes a PEM file or a URL")
                })?;
                (format!("`{}`", path.display()), bytes.to_vec())
            }
            None => {
                let cluster = &self.cluster;
                let source = format!(
                    "Service `{}/{}`",
                    cluster.controller_namespace, cluster.controller_name
                );
                let pem = Cluster::connect(cluster).and_then(|there| there.certificate(cluster));
                let pem = pem.map_err(|error| {
                    CommandError::from(error)
                        .hint("with a saved certificate no cluster is needed: --cert FILE or --local DIR")
                })?;
                (source, pem)
            }
        };
        parse(&bytes, &source)
    }

    /// A certificate to seal with.
    ///
    /// # Errors
    /// As [`Self::load`], and when it has expired.
    pub(crate) fn load_valid(&self, now: Timestamp) -> Result<Certificate, CommandError> {
        let certificate = self.load()?;
        certificate.check_valid(now).map_err(|error| {
            CommandError::failed(error).context("cannot seal with this certificate").hint(
                "`chancery cert` fetches the cluster's current one, `chancery keys generate` makes a new key",
            )
        })?;
        Ok(certificate)
    }
}

/// PEM, or key Secrets, of which the newest counts: what `chancery keys generate -w` writes.
fn parse(bytes: &[u8], source: &str) -> Result<Certificate, CommandError> {
    let certificate = match Certificate::from_pem(bytes) {
        Err(CertificateError::Missing) => of_key_secrets(bytes).ok_or(CertificateError::Missing),
        result => result,
    };
    certificate.map_err(|error| {
        CommandError::failed(error)
            .context(format!("cannot use the certificate from {source}"))
            .hint("a sealing certificate is PEM text with an RSA key, as `chancery cert` prints it")
    })
}

fn of_key_secrets(bytes: &[u8]) -> Option<Certificate> {
    let (ring, _) = manifests::keys::ring_from_file("", bytes).ok()?;
    ring.newest()?.certificate.clone()
}

fn newest(store: &LocalStore) -> Result<Certificate, CommandError> {
    let ring = store.key_ring()?;
    let certificate = ring.newest().and_then(|key| key.certificate.clone());
    Ok(certificate.with_context(|| {
        format!(
            "the newest key of the local store `{}` has no certificate",
            store.root().display()
        )
    })?)
}

fn is_web(named: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        named
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

fn local_path(named: &str) -> PathBuf {
    url::Url::parse(named)
        .ok()
        .filter(|url| url.scheme() == "file")
        .and_then(|url| url.to_file_path().ok())
        .unwrap_or_else(|| Path::new(named).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_url_and_a_path_name_the_same_file() {
        assert_eq!(local_path("file:///etc/cert.pem"), Path::new("/etc/cert.pem"));
        assert_eq!(local_path("/etc/cert.pem"), Path::new("/etc/cert.pem"));
        assert_eq!(local_path("c:cert.pem"), Path::new("c:cert.pem"));
    }

    #[test]
    fn only_http_is_asked_over_the_network() {
        assert!(is_web("HTTPS://example.org/cert.pem"));
        assert!(!is_web("https.pem") && !is_web("é") && !is_web("file:///x"));
    }
}
