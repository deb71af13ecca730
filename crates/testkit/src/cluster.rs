//! A client of the private API server.

use std::time::Duration;

use kube::config::AuthInfo;

use crate::fail::OrFail;
use crate::servers::{KubernetesServer, servers};

/// The private Kubernetes API server, seen as an administrator.
///
/// The client lives on the runtime of the test that made it; every test calls [`cluster`] itself.
#[derive(Clone)]
pub struct Cluster {
    /// A client with every right.
    pub client: kube::Client,
    /// `https://127.0.0.1:PORT`.
    pub url: String,
    /// The server's certificate authority, PEM.
    pub ca: String,
    /// The administrator's bearer token.
    pub token: String,
}

/// Returns the private API server of this run.
///
/// All tests of a run share it: give every object a name or namespace of its own, and mind that CRDs are
/// cluster-wide.
///
/// # Panics
/// When the servers have not been started (see [`servers`]).
pub async fn cluster() -> Cluster {
    Cluster::connect(&servers().kubernetes)
}

impl Cluster {
    /// Returns a client of `server`; nothing is sent yet.
    ///
    /// # Panics
    /// When the address or the certificate authority cannot be read, or outside a Tokio runtime.
    #[track_caller]
    pub fn connect(server: &KubernetesServer) -> Self {
        Self {
            client: client(server, Some(&server.token)),
            url: server.url.clone(),
            ca: server.ca.clone(),
            token: server.token.clone(),
        }
    }

    /// Returns a client that authenticates with `token`, for tests of what a `ServiceAccount` may do.
    #[track_caller]
    pub fn client_with_token(&self, token: &str) -> kube::Client {
        client(&self.server(), Some(token))
    }

    /// Returns a client that sends the credentials of each request and none of its own, for proxies.
    #[track_caller]
    pub fn client_without_credentials(&self) -> kube::Client {
        client(&self.server(), None)
    }

    pub(crate) fn server(&self) -> KubernetesServer {
        KubernetesServer {
            url: self.url.clone(),
            ca: self.ca.clone(),
            token: self.token.clone(),
        }
    }
}

#[track_caller]
fn client(server: &KubernetesServer, token: Option<&str>) -> kube::Client {
    // Another test of this process may have installed the same provider already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let doing = || format!("making a client of the API server at {}", server.url);
    let mut config = kube::Config::new(server.url.parse().or_fail(doing));
    config.root_cert = Some(vec![der(&server.ca).or_fail(doing)]);
    config.auth_info = AuthInfo {
        token: token.map(|token| token.to_owned().into()),
        ..AuthInfo::default()
    };
    config.connect_timeout = Some(Duration::from_secs(10));
    kube::Client::try_from(config).or_fail(doing)
}

/// Returns the bytes of a PEM text with one certificate.
fn der(pem: &str) -> anyhow::Result<Vec<u8>> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    Ok(CertificateDer::from_pem_slice(pem.as_bytes())?.to_vec())
}
