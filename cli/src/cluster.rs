//! A real cluster: the certificate of its Sealed Secrets controller, its key Secrets, and the Migrations of its databases.
//!
//! The runtime and the client are made when a command first needs the cluster, never before:
//! sealing with a certificate file must cost nothing of it.

mod error;
mod key_label;
mod keys;
mod kubeconfig;
mod migrations;
mod reseal;
mod sealed_secrets;
mod watch;
mod workloads;

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use kube::api::{Api, ListParams};
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;

pub(crate) use error::ClusterError;
pub(crate) use kubeconfig::{KubeconfigArgs, Namespace, Overrides, context_namespace, request_timeout};
pub(crate) use migrations::label;
pub(crate) use reseal::{Proxy, Rotated};
pub(crate) use sealed_secrets::ObjectName;
pub(crate) use watch::{Change, Watch, Watched, WatchedMigrations};

use crate::environment::NameOrDefault;

/// How long one answer may take. A certificate is one small GET.
const DEADLINE: Duration = Duration::from_secs(30);

/// How long a connection may take.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// Which cluster, and which controller in it.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Cluster")]
pub(crate) struct ClusterArgs {
    /// Namespace of the controller
    #[arg(
        long,
        value_name = "NAMESPACE",
        default_value = "kube-system",
        env = "SEALED_SECRETS_CONTROLLER_NAMESPACE",
        value_parser = NameOrDefault
    )]
    pub(crate) controller_namespace: String,
    /// Name of the controller's Service (its Helm chart calls it `sealed-secrets`)
    #[arg(
        long,
        value_name = "NAME",
        default_value = "sealed-secrets-controller",
        env = "SEALED_SECRETS_CONTROLLER_NAME",
        value_parser = NameOrDefault
    )]
    pub(crate) controller_name: String,
    /// The kubeconfig file; by default KUBECONFIG, then `~/.kube/config`, then the Pod's own account
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// The context in the kubeconfig; by default its current one
    #[arg(long, value_name = "CONTEXT")]
    pub(crate) context: Option<String>,
    /// What counts instead of what the kubeconfig says. Only kubeseal's command line has flags for it
    #[arg(skip)]
    pub(crate) overrides: Box<Overrides>,
}

impl ClusterArgs {
    /// Which cluster, whatever runs in it.
    pub(crate) fn kubeconfig(&self) -> KubeconfigArgs {
        KubeconfigArgs {
            kubeconfig: self.kubeconfig.clone(),
            context: self.context.clone(),
            overrides: self.overrides.clone(),
        }
    }
}

/// Parses a name that becomes part of a path of the API (RFC 1123 subdomain).
///
/// # Errors
/// When it holds anything that such names do not, for instance a slash.
pub(crate) fn object_name(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    let bytes = text.as_bytes();
    if text.len() <= 253
        && bytes.iter().copied().all(plain)
        && edge(bytes.first().copied())
        && edge(bytes.last().copied())
    {
        Ok(text.to_owned())
    } else {
        Err("a name in Kubernetes is lower-case letters, digits, `-` and `.`".to_owned())
    }
}

/// A connection to a cluster.
pub(crate) struct Cluster {
    runtime: Runtime,
    client: Client,
    /// Takes 503 for an answer: a controller that has no key to seal to says so, and would until the time is over.
    impatient: Client,
    /// How long one answer may take here.
    deadline: Duration,
}

impl Cluster {
    /// Reads the kubeconfig and makes a client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ClusterError::Configuration`] when there is no usable kubeconfig.
    pub(crate) fn connect(args: &ClusterArgs) -> Result<Self, ClusterError> {
        Self::open(&args.kubeconfig())
    }

    /// As [`Self::connect`], for commands that ask no controller anything.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub(crate) fn open(args: &KubeconfigArgs) -> Result<Self, ClusterError> {
        let runtime = runtime()?;
        let deadline = args.overrides.request_timeout.unwrap_or(DEADLINE);
        let (client, impatient) = runtime.block_on(async {
            let mut config = kubeconfig::configuration(args).await?;
            config.connect_timeout = Some(CONNECT_DEADLINE.min(deadline));
            config.read_timeout = Some(deadline);
            let client = Client::try_from(config.clone()).map_err(ClusterError::client)?;
            config.default_retry = false;
            let impatient = Client::try_from(config).map_err(ClusterError::client)?;
            Ok::<_, ClusterError>((client, impatient))
        })?;
        Ok(Self {
            runtime,
            client,
            impatient,
            deadline,
        })
    }

    /// A text that tells clusters apart: the server, its authority, and the context that leads there. Nothing is sent.
    ///
    /// # Errors
    /// [`ClusterError::Configuration`] when there is no usable kubeconfig.
    pub(crate) fn identity(args: &KubeconfigArgs) -> Result<String, ClusterError> {
        runtime()?.block_on(kubeconfig::identity(args))
    }

    /// The PEM text of the newest certificate, asked of the controller through the API server's
    /// service proxy, as kubeseal does: first the Service, for the name of its first port.
    ///
    /// # Errors
    /// [`ClusterError`], by what the user can do about it.
    pub(crate) fn certificate(&self, args: &ClusterArgs) -> Result<Vec<u8>, ClusterError> {
        self.certificate_behind(&self.proxy(args)?, args)
    }

    /// As [`Self::certificate`], of a controller whose Service is found.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn certificate_behind(
        &self,
        proxy: &Proxy,
        args: &ClusterArgs,
    ) -> Result<Vec<u8>, ClusterError> {
        let (namespace, name) = (args.controller_namespace.as_str(), args.controller_name.as_str());
        let doing = format!("reading the certificate of Service `{namespace}/{name}`");
        self.answer(&doing, async {
            let request = http::Request::get(proxy.path(api::endpoints::CERTIFICATE))
                .header(http::header::ACCEPT, "application/x-pem-file, */*")
                .body(Vec::new())
                .map_err(|error| ClusterError::request(&doing, kube::Error::HttpError(error)))?;
            let pem = self.impatient.request_text(request).await;
            pem.map(String::into_bytes)
                .map_err(|error| ClusterError::proxied(&doing, namespace, name, error))
        })
    }

    /// The Secrets in the controller's namespace that carry the sealing-key label, whatever its value, and the one of
    /// upstream's first versions, which is found by its name.
    ///
    /// # Errors
    /// [`ClusterError`], for instance without the right to list Secrets.
    pub(crate) fn key_secrets(&self, args: &ClusterArgs) -> Result<Vec<Secret>, ClusterError> {
        let doing = format!(
            "listing the sealing keys in namespace `{}`",
            args.controller_namespace
        );
        self.answer(&doing, async {
            let secrets = Api::<Secret>::namespaced(self.client.clone(), &args.controller_namespace);
            let labelled = ListParams::default().labels(api::names::SEALING_KEY_LABEL);
            let failed = |source| ClusterError::request(&doing, source);
            let mut keys = secrets.list(&labelled).await.map_err(failed)?.items;
            let first = secrets.get_opt(api::names::SEALING_KEY_PREFIX).await;
            let is_listed = |key: &Secret| keys.iter().any(|other| other.metadata.name == key.metadata.name);
            let first = first.map_err(failed)?.filter(|key| !is_listed(key));
            keys.extend(first);
            Ok(keys)
        })
    }

    /// The Secret of that name, or `None` when there is none.
    ///
    /// # Errors
    /// [`ClusterError`], for instance without the right to get it.
    pub(crate) fn secret(&self, namespace: &str, name: &str) -> Result<Option<Secret>, ClusterError> {
        let doing = format!("reading Secret `{namespace}/{name}`");
        self.answer(&doing, async {
            let secrets = Api::<Secret>::namespaced(self.client.clone(), namespace);
            secrets
                .get_opt(name)
                .await
                .map_err(|source| ClusterError::request(&doing, source))
        })
    }

    fn answer<T>(
        &self,
        doing: &str,
        work: impl Future<Output = Result<T, ClusterError>>,
    ) -> Result<T, ClusterError> {
        self.runtime.block_on(async {
            tokio::time::timeout(self.deadline, work)
                .await
                .unwrap_or_else(|_| {
                    Err(ClusterError::TimedOut {
                        doing: doing.to_owned(),
                        limit: self.deadline,
                    })
                })
        })
    }
}

fn runtime() -> Result<Runtime, ClusterError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| ClusterError::Runtime { source })
}

/// Returns all objects of a kind, asked for `page` at a time.
async fn page_by_page<K>(api: &Api<K>, page: u32) -> kube::Result<Vec<K>>
where
    K: Clone + DeserializeOwned + fmt::Debug,
{
    let mut found = Vec::new();
    let mut asked = ListParams::default().limit(page);
    loop {
        let list = api.list(&asked).await?;
        found.extend(list.items);
        match list.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => asked = asked.continue_token(&token),
            None => return Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_change_the_path_is_refused() {
        for name in ["", "a/b", "..", "a b", "A", "-a", "a?x=1", "a%2f"] {
            assert!(object_name(name).is_err(), "{name:?}");
        }
        assert_eq!(
            object_name("sealed-secrets.v1").as_deref(),
            Ok("sealed-secrets.v1")
        );
    }
}
