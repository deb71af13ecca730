//! kube-controller-manager: garbage collection, the end of namespaces, default `ServiceAccounts`, Endpoints.

use std::path::Path;

use anyhow::{Context, Result};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::Api;
use testkit::{Cluster, KubernetesServer};
use tokio::process::Command;

use super::identity::Identity;
use super::process::Server;
use super::reaper::{Reaper, Stop};

/// What tests can see the lack of: without these owner references are not collected, namespaces stay
/// Terminating, and a new namespace has no `ServiceAccount`.
const CONTROLLERS: &str = "garbage-collector-controller,namespace-controller,serviceaccount-controller,\
    serviceaccount-token-controller,root-ca-certificate-publisher-controller,endpoints-controller,\
    endpointslice-controller,clusterrole-aggregation-controller,resourcequota-controller,\
    validatingadmissionpolicy-status-controller";

/// Starts kube-controller-manager and returns it once it has made the first `ServiceAccount`.
///
/// # Errors
/// When it does not come up.
pub(super) async fn start(
    program: &Path,
    api_server: &KubernetesServer,
    identity: &Identity,
    dir: &Path,
    logs: &Path,
    reaper: &Reaper,
) -> Result<Server> {
    let cluster = Cluster::connect(api_server);
    let kubeconfig = cluster.kubeconfig(dir);
    let mut command = Command::new(program);
    command
        .arg(format!("--kubeconfig={}", kubeconfig.display()))
        .arg(format!("--controllers={CONTROLLERS}"))
        .arg(format!(
            "--service-account-private-key-file={}",
            identity.service_account_key.display()
        ))
        .arg(format!("--root-ca-file={}", identity.ca_file.display()))
        .arg("--leader-elect=false")
        // Nobody asks it anything.
        .arg("--secure-port=0")
        // Many tests end their namespaces at once; the defaults (20, 30) are made for shared servers.
        .arg("--kube-api-qps=400")
        .arg("--kube-api-burst=800");
    let mut server = Server::start("kube-controller-manager", command, logs, Stop::Kill, reaper)?;
    let accounts: Api<ServiceAccount> = Api::namespaced(cluster.client.clone(), "default");
    server
        .ready(async || {
            accounts
                .get("default")
                .await
                .map(drop)
                .context("reading the ServiceAccount `default/default`")
        })
        .await?;
    Ok(server)
}
