//! kube-apiserver.

use std::path::Path;

use anyhow::{Context, Result};
use http::Request;
use testkit::{Cluster, KubernetesServer};
use tokio::process::Command;

use super::identity::Identity;
use super::process::Server;
use super::reaper::{Reaper, Stop};

/// The issuer of `ServiceAccount` tokens, kubeadm's default.
const ISSUER: &str = "https://kubernetes.default.svc";

/// Starts kube-apiserver on a free loopback port and returns it with how to reach it once it is ready.
///
/// # Errors
/// When it does not come up.
pub(super) async fn start(
    program: &Path,
    etcd: &str,
    identity: &Identity,
    logs: &Path,
    reaper: &Reaper,
) -> Result<(Server, KubernetesServer)> {
    let port = testkit::free_port();
    let file = |flag: &str, path: &Path| format!("--{flag}={}", path.display());
    let mut command = Command::new(program);
    command
        .arg(format!("--etcd-servers={etcd}"))
        .arg(format!("--secure-port={port}"))
        .arg("--bind-address=127.0.0.1")
        .arg("--advertise-address=127.0.0.1")
        .arg(file("tls-cert-file", &identity.certificate))
        .arg(file("tls-private-key-file", &identity.key))
        .arg(file(
            "service-account-key-file",
            &identity.service_account_public_key,
        ))
        .arg(file(
            "service-account-signing-key-file",
            &identity.service_account_key,
        ))
        .arg(format!("--service-account-issuer={ISSUER}"))
        .arg(file("token-auth-file", &identity.token_file))
        .arg("--authorization-mode=RBAC")
        .arg("--service-cluster-ip-range=10.96.0.0/16")
        // The advertised address is loopback, which is no valid endpoint of the Service `kubernetes`.
        .arg("--endpoint-reconciler-type=none")
        // Pods of tests need not name a ServiceAccount that exists; tokens are asked for with TokenRequest.
        .arg("--disable-admission-plugins=ServiceAccount")
        // Nothing listens for its traces, and profiles of a test server help nobody.
        .arg("--profiling=false");
    let mut server = Server::start("kube-apiserver", command, logs, Stop::Kill, reaper)?;
    let address = KubernetesServer {
        url: format!("https://127.0.0.1:{port}"),
        ca: identity.ca.clone(),
        token: identity.token.clone(),
    };
    let client = Cluster::connect(&address).client;
    server
        .ready(async || {
            let request = Request::get("/readyz")
                .body(Vec::new())
                .context("asking for /readyz")?;
            client
                .request_text(request)
                .await
                .map(drop)
                .context("asking for /readyz")
        })
        .await?;
    Ok((server, address))
}
