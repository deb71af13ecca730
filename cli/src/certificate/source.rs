//! One place that a certificate comes from.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sealing::{Certificate, CertificateError};

use super::cache::CacheKey;
use super::download;
use crate::cluster::{Cluster, ClusterArgs, ClusterError};
use crate::config::Config;
use crate::error::CommandError;
use crate::input;
use crate::local::LocalStore;

/// One place that a certificate comes from.
pub(crate) enum Source {
    /// A file on this machine.
    File(PathBuf),
    /// A web server. It may hold a password.
    Url(String),
    /// The newest key of a local store.
    Local(PathBuf),
    /// The controller of a cluster.
    Controller(ClusterArgs),
}

/// A certificate that was not had.
pub(crate) struct FetchError {
    /// Why, with what to do.
    pub(crate) error: CommandError,
    /// Whether nothing was there to answer, so that an earlier answer is as good as can be had.
    pub(crate) unreachable: bool,
}

impl From<CommandError> for FetchError {
    fn from(error: CommandError) -> Self {
        Self {
            error,
            unreachable: false,
        }
    }
}

impl From<ClusterError> for FetchError {
    fn from(error: ClusterError) -> Self {
        Self {
            unreachable: error.is_unreachable(),
            error: CommandError::from(error)
                .hint("with a saved certificate no cluster is needed: --cert FILE or --local DIR"),
        }
    }
}

impl Source {
    /// The file or URL that a flag names.
    pub(crate) fn named(text: &str) -> Self {
        if is_web(text) {
            Self::Url(text.to_owned())
        } else {
            Self::File(local_path(text))
        }
    }

    /// The file or URL that the configuration names; files are relative to it.
    pub(super) fn configured(text: &str, config: &Config) -> Self {
        match Self::named(text) {
            Self::File(path) => Self::File(config.resolve(&path)),
            source => source,
        }
    }

    /// The place as messages name it, without passwords.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::File(path) => format!("`{}`", path.display()),
            Self::Url(url) => download::shown(url),
            Self::Local(folder) => format!("the local store `{}`", folder.display()),
            Self::Controller(cluster) => {
                let service = format!(
                    "Service `{}/{}`",
                    cluster.controller_namespace, cluster.controller_name
                );
                match &cluster.context {
                    Some(context) => format!("{service} of the context `{context}`"),
                    None => service,
                }
            }
        }
    }

    /// Whether anyone on the way could exchange its certificate.
    pub(super) fn is_plain_http(&self) -> bool {
        matches!(self, Self::Url(url) if !starts_with_scheme(url, "https://"))
    }

    /// A name for the cluster whose certificate this is: that of its file, without the ending.
    pub(super) fn stem(&self) -> Option<String> {
        match self {
            Self::File(path) => {
                let stem = path.file_stem()?.to_str()?.to_ascii_lowercase();
                crate::cluster::object_name(&stem).ok()
            }
            _ => None,
        }
    }

    /// What its certificate is kept under, if it is worth keeping: what is on this machine already is not.
    ///
    /// # Errors
    /// When there is no usable kubeconfig.
    pub(super) fn cache_key(&self) -> Result<Option<CacheKey>, ClusterError> {
        match self {
            Self::File(_) | Self::Local(_) => Ok(None),
            Self::Url(url) => Ok(Some(CacheKey::of_url(url))),
            Self::Controller(cluster) => {
                let server = Cluster::identity(&cluster.kubeconfig())?;
                Ok(Some(CacheKey::of_controller(
                    &server,
                    &cluster.controller_namespace,
                    &cluster.controller_name,
                )))
            }
        }
    }

    /// Asks it for its certificate, whatever the dates of that.
    pub(super) fn fetch(&self) -> Result<Certificate, FetchError> {
        match self {
            Self::Local(folder) => {
                let store = LocalStore::open(folder).map_err(CommandError::from)?;
                Ok(newest(&store)?)
            }
            source => Ok(source.parse(&source.bytes()?)?),
        }
    }

    /// Asks it for the text that holds its certificate, and perhaps more.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, FetchError> {
        match self {
            Self::Url(url) => download::download(url),
            Self::File(path) => {
                let bytes = input::read_file(path).map_err(|error| {
                    error
                        .context("cannot read the certificate")
                        .hint("a certificate is a PEM file or a URL")
                })?;
                Ok(bytes.to_vec())
            }
            Self::Controller(cluster) => Ok(Cluster::connect(cluster)?.certificate(cluster)?),
            Self::Local(_) => Ok(self.fetch()?.to_pem().into_bytes()),
        }
    }

    /// The file, if it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            _ => None,
        }
    }

    /// PEM, or key Secrets, of which the newest counts: what `chancery keys generate -w` writes.
    fn parse(&self, bytes: &[u8]) -> Result<Certificate, CommandError> {
        let certificate = match Certificate::from_pem(bytes) {
            Err(CertificateError::Missing) => of_key_secrets(bytes).ok_or(CertificateError::Missing),
            result => result,
        };
        certificate.map_err(|error| {
            CommandError::failed(error)
                .context(format!("cannot use the certificate from {}", self.shown()))
                .hint("a sealing certificate is PEM text with an RSA key, as `chancery cert` prints it")
        })
    }
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
    ["http://", "https://"]
        .iter()
        .any(|scheme| starts_with_scheme(named, scheme))
}

fn starts_with_scheme(named: &str, scheme: &str) -> bool {
    named
        .get(..scheme.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
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

    #[test]
    fn only_a_url_of_plain_http_can_be_exchanged_on_the_way() {
        let plain = |text| Source::named(text).is_plain_http();
        assert!(plain("HTTP://example.org/cert.pem"));
        assert!(!plain("HTTPS://example.org/cert.pem") && !plain("http.pem"));
    }

    #[test]
    fn a_file_gives_its_cluster_a_name_where_it_can() {
        let stem = |text| Source::named(text).stem();
        assert_eq!(stem("certs/Production.pem").as_deref(), Some("production"));
        assert_eq!(stem("certs/my cert.pem"), None);
        assert_eq!(stem("https://example.org/v1/cert.pem"), None);
    }
}
