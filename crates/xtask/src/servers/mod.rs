//! The private servers of live tests: provided once a machine, started once a run.

mod account;
mod api_server;
pub mod cache;
mod controller_manager;
mod database_tls;
mod etcd;
pub mod go_tools;
mod identity;
mod mariadb;
mod mysql;
mod mysql_programs;
pub mod needs;
mod pod_address;
mod postgres;
mod process;
pub mod reaper;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use testkit::{Cluster, KubernetesServer, Servers, Tools};

use self::account::Account;
use self::database_tls::DatabaseTls;
use self::identity::Identity;
use self::process::Server;
use self::reaper::Reaper;

/// Installs and builds what the servers need, unless it is there, and returns where everything is.
///
/// # Errors
/// When something is missing that this cannot install, or a build fails.
pub async fn provide(root: &Path, cache: &Path, reaper: &Reaper) -> Result<Tools> {
    let found = needs::provide(root, mysql_programs::are_cached(cache))?;
    // Maven mostly waits for the network, Go mostly for the processor.
    let (mysql, built) =
        tokio::try_join!(mysql_programs::provide(cache, reaper), build(root, cache, reaper))?;
    let [template, sealed_secrets, status_check, kubernetes] = built;
    Ok(Tools {
        kubeseal: sealed_secrets.join("kubeseal"),
        sealed_secrets_controller: sealed_secrets.join("controller"),
        sealed_secrets_crd: sealed_secrets.join("crd.yaml"),
        status_check: status_check.join("status-check"),
        template: template.join("template"),
        etcd: kubernetes.join("etcd"),
        kube_apiserver: kubernetes.join("kube-apiserver"),
        kube_controller_manager: kubernetes.join("kube-controller-manager"),
        postgres: found.postgres,
        mysql,
        mariadb: found.mariadb,
    })
}

/// Builds the Go tools one after the other: each build uses all processors.
async fn build(root: &Path, cache: &Path, reaper: &Reaper) -> Result<[PathBuf; 4]> {
    Ok([
        go_tools::TEMPLATE.provide(root, cache, reaper).await?,
        go_tools::SEALED_SECRETS.provide(root, cache, reaper).await?,
        go_tools::STATUS_CHECK.provide(root, cache, reaper).await?,
        go_tools::KUBERNETES.provide(root, cache, reaper).await?,
    ])
}

/// The servers of a run. They end with the [`Reaper`] that they were started with.
pub struct Running {
    /// The hand-over file; its folder goes at the end of the run.
    pub handover: PathBuf,
    /// A kubeconfig file of the administrator.
    pub kubeconfig: PathBuf,
    /// What the hand-over says.
    pub servers: Servers,
    processes: [Server; 6],
}

impl Running {
    /// Returns when a server ends, which none should: with what to say about it.
    pub async fn first_end(&mut self) -> String {
        let [one, two, three, four, five, six] = &mut self.processes;
        tokio::select! {
            message = one.ended() => message,
            message = two.ended() => message,
            message = three.ended() => message,
            message = four.ended() => message,
            message = five.ended() => message,
            message = six.ended() => message,
        }
    }
}

/// Starts all servers on free ports and returns them once all are ready.
///
/// Logs are in `target/testkit/PID` and stay until a later run; all else is in a temporary folder that goes
/// with the run.
///
/// # Errors
/// When a server does not come up: with the end of its log. What was started by then goes with `reaper`.
pub async fn start(root: &Path, tools: Tools, reaper: &Reaper) -> Result<Running> {
    let dir = tempfile::Builder::new()
        .prefix("chancery-")
        .tempdir()
        .context("making a temporary folder")?
        .keep();
    reaper.remove_folder(&dir)?;
    // Postgres runs as another user and has to pass through; what others may not read is 0600.
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o711))
        .with_context(|| format!("opening `{}`", dir.display()))?;
    let logs = new_log_folder(&root.join("target/testkit"))?;
    let account = Account::choose()?;
    let tls = DatabaseTls::create(&dir, &account)?;

    let pod_address = pod_address::reserve(reaper)?;
    // Side by side: the slowest is what a run waits for.
    let ((postgres, postgres_address), (mysql, mysql_address), (mariadb, mariadb_address), cluster) = tokio::try_join!(
        postgres::start(&tools.postgres, &account, &tls, &dir, &logs, reaper),
        mysql::start(&tools.mysql, &account, &dir, &logs, reaper),
        mariadb::start(&tools.mariadb, &account, &tls, &dir, &logs, reaper),
        start_cluster(&tools, &dir, &logs, reaper),
    )?;
    let ([etcd, api_server, controller_manager], kubernetes) = cluster;

    let kubeconfig = Cluster::connect(&kubernetes).kubeconfig(&dir);
    let servers = Servers {
        kubernetes,
        postgres: postgres_address,
        mysql: mysql_address,
        mariadb: mariadb_address,
        database_tls: tls.files,
        tools,
        pod_address,
        logs,
    };
    let text = serde_json::to_string_pretty(&servers).context("writing the hand-over")?;
    let handover = identity::write(&dir, "servers.json", &text)?;
    Ok(Running {
        handover,
        kubeconfig,
        servers,
        processes: [postgres, mysql, mariadb, etcd, api_server, controller_manager],
    })
}

/// Starts the servers of Kubernetes, each of which needs the one before.
async fn start_cluster(
    tools: &Tools,
    dir: &Path,
    logs: &Path,
    reaper: &Reaper,
) -> Result<([Server; 3], KubernetesServer)> {
    let identity = Identity::create(dir)?;
    let (etcd, etcd_url) = etcd::start(&tools.etcd, dir, logs, reaper).await?;
    let (api_server, kubernetes) =
        api_server::start(&tools.kube_apiserver, &etcd_url, &identity, logs, reaper).await?;
    let controller_manager = controller_manager::start(
        &tools.kube_controller_manager,
        &kubernetes,
        &identity,
        dir,
        logs,
        reaper,
    )
    .await?;
    Ok(([etcd, api_server, controller_manager], kubernetes))
}

/// Makes the folder for the logs of this process and removes those of processes that have ended.
fn new_log_folder(parent: &Path) -> Result<PathBuf> {
    if Path::new("/proc/self").exists() {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let is_alive = Path::new("/proc").join(entry.file_name()).exists();
            if !is_alive {
                // Another run may be removing it too.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
    let logs = parent.join(std::process::id().to_string());
    fs::create_dir_all(&logs).with_context(|| format!("making the folder for logs `{}`", logs.display()))?;
    Ok(logs)
}

#[cfg(test)]
mod tests {
    use super::new_log_folder;

    #[test]
    fn logs_of_ended_runs_go_and_those_of_running_ones_stay() {
        let dir = tempfile::tempdir().unwrap();
        // No process has a number above 2^22 on Linux; process 1 always runs.
        let (ended, running) = (dir.path().join("4194305"), dir.path().join("1"));
        std::fs::create_dir(&ended).unwrap();
        std::fs::create_dir(&running).unwrap();
        let own = new_log_folder(dir.path()).unwrap();
        assert!(own.is_dir() && running.is_dir() && !ended.exists());
    }
}
