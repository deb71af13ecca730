//! Flags that count instead of what the kubeconfig says, by the rules of client-go (`clientcmd/client_config.go`).

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kube::Config;
use kube::config::{
    AuthInfo, Cluster, Context, KubeConfigOptions, Kubeconfig, NamedAuthInfo, NamedCluster, NamedContext,
};
use zeroize::Zeroizing;

use super::super::ClusterError;
use super::KubeconfigArgs;
use super::namespace::read;

/// What counts instead of the kubeconfig.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Overrides {
    /// The cluster in the kubeconfig, instead of the context's.
    pub(crate) cluster: Option<String>,
    /// The user in the kubeconfig, instead of the context's.
    pub(crate) user: Option<String>,
    /// The address of the API server.
    pub(crate) server: Option<String>,
    /// The certificates to trust it by.
    pub(crate) certificate_authority: Option<PathBuf>,
    /// Whether anyone who answers is trusted.
    pub(crate) insecure_skip_tls_verify: bool,
    /// The name that its certificate has to be of.
    pub(crate) tls_server_name: Option<String>,
    /// The certificate to show.
    pub(crate) client_certificate: Option<PathBuf>,
    /// The key of that certificate.
    pub(crate) client_key: Option<PathBuf>,
    /// The bearer token to show.
    pub(crate) token: Option<Zeroizing<String>>,
    /// The user name to show.
    pub(crate) username: Option<String>,
    /// The password to show.
    pub(crate) password: Option<Zeroizing<String>>,
    /// The user to act as.
    pub(crate) impersonate: Option<String>,
    /// The UID to act as.
    pub(crate) impersonate_uid: Option<String>,
    /// The groups to act as.
    pub(crate) impersonate_groups: Vec<String>,
    /// The proxy on the way.
    pub(crate) proxy_url: Option<String>,
    /// Whether answers come without compression.
    pub(crate) disable_compression: bool,
    /// How long a request may take, instead of 30 seconds.
    pub(crate) request_timeout: Option<Duration>,
}

/// Shows none of the values: some are secret.
impl fmt::Debug for Overrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overrides").finish_non_exhaustive()
    }
}

/// The configuration of the context, cluster and user that count, with the overrides laid over them.
///
/// # Errors
/// When the kubeconfig can't be read, has no context, cluster or user of a name that was asked for, or nothing says
/// where the API server is.
pub(super) async fn configuration(args: &KubeconfigArgs) -> Result<Config, ClusterError> {
    let overrides = &args.overrides;
    let kubeconfig = read(args)?;
    let context = context(&kubeconfig, args)?;
    let mut cluster = cluster(&kubeconfig, overrides.cluster.as_deref(), &context)?;
    let mut user = user(&kubeconfig, overrides.user.as_deref(), &context)?;
    let is_void = cluster.server.is_none();
    if is_void && let Ok(mut config) = Config::incluster() {
        return overrides.lay_over_account(&mut config).map(|()| config);
    }
    overrides.lay_over_cluster(&mut cluster);
    overrides.lay_over_user(&mut user);
    if cluster.server.is_none() {
        return Err(configuration_error(
            "no configuration has been provided: no kubeconfig, no --server and no Pod's account",
        ));
    }
    Config::from_custom_kubeconfig(single(context, cluster, user), &KubeConfigOptions::default())
        .await
        .map_err(ClusterError::kubeconfig)
}

/// The context that counts; an empty one where none is named and none is current.
///
/// # Errors
/// When there is none of the name that was asked for.
pub(super) fn context(kubeconfig: &Kubeconfig, args: &KubeconfigArgs) -> Result<Context, ClusterError> {
    let asked = args.context.as_deref();
    let current = kubeconfig
        .current_context
        .as_deref()
        .filter(|name| !name.is_empty());
    let Some(name) = asked.or(current) else {
        return Ok(Context::default());
    };
    let found = kubeconfig.contexts.iter().find(|context| context.name == name);
    match found {
        Some(found) => Ok(found.context.clone().unwrap_or_default()),
        None => Err(configuration_error(&format!("context {name:?} does not exist"))),
    }
}

fn cluster(kubeconfig: &Kubeconfig, asked: Option<&str>, context: &Context) -> Result<Cluster, ClusterError> {
    let name = asked.unwrap_or(&context.cluster);
    let found = kubeconfig.clusters.iter().find(|cluster| cluster.name == name);
    match found {
        Some(found) => Ok(found.cluster.clone().unwrap_or_default()),
        None if asked.is_none() => Ok(Cluster::default()),
        None => Err(configuration_error(&format!("cluster {name:?} does not exist"))),
    }
}

fn user(kubeconfig: &Kubeconfig, asked: Option<&str>, context: &Context) -> Result<AuthInfo, ClusterError> {
    let name = asked.or(context.user.as_deref()).unwrap_or_default();
    let found = kubeconfig.auth_infos.iter().find(|user| user.name == name);
    match found {
        Some(found) => Ok(found.auth_info.clone().unwrap_or_default()),
        None if asked.is_none() => Ok(AuthInfo::default()),
        None => Err(configuration_error(&format!("auth info {name:?} does not exist"))),
    }
}

/// A kubeconfig of one context.
fn single(mut context: Context, cluster: Cluster, user: AuthInfo) -> Kubeconfig {
    const NAME: &str = "chosen";
    NAME.clone_into(&mut context.cluster);
    context.user = Some(NAME.to_owned());
    Kubeconfig {
        current_context: Some(NAME.to_owned()),
        clusters: vec![NamedCluster {
            name: NAME.to_owned(),
            cluster: Some(cluster),
            ..NamedCluster::default()
        }],
        auth_infos: vec![NamedAuthInfo {
            name: NAME.to_owned(),
            auth_info: Some(user),
            ..NamedAuthInfo::default()
        }],
        contexts: vec![NamedContext {
            name: NAME.to_owned(),
            context: Some(context),
            ..NamedContext::default()
        }],
        ..Kubeconfig::default()
    }
}

impl Overrides {
    fn lay_over_cluster(&self, cluster: &mut Cluster) {
        // What says whom to trust counts as a whole, or a file's authority would contradict a flag's.
        if self.insecure_skip_tls_verify || self.certificate_authority.is_some() {
            cluster.insecure_skip_tls_verify = Some(self.insecure_skip_tls_verify);
            cluster.certificate_authority = self.certificate_authority.as_deref().map(text);
            cluster.certificate_authority_data = None;
        }
        // The name was for the server of the file.
        if self.tls_server_name.is_some() || self.server.is_some() {
            cluster.tls_server_name.clone_from(&self.tls_server_name);
        }
        if let Some(server) = &self.server {
            let speaks_tls = cluster.certificate_authority.is_some()
                || cluster.certificate_authority_data.is_some()
                || cluster.insecure_skip_tls_verify == Some(true)
                || self.client_certificate.is_some();
            cluster.server = Some(with_scheme(server, speaks_tls));
        }
        if let Some(proxy) = &self.proxy_url {
            cluster.proxy_url = Some(proxy.clone());
        }
        if self.disable_compression {
            cluster.disable_compression = Some(true);
        }
    }

    fn lay_over_user(&self, user: &mut AuthInfo) {
        // One way to say who one is: that of the flags.
        if self.token.is_some() || self.username.is_some() || self.password.is_some() {
            user.exec = None;
            user.auth_provider = None;
            user.token_file = None;
            user.token = self.token.as_deref().map(|token| token.clone().into());
        }
        if self.username.is_some() || self.password.is_some() {
            user.username = self.username.clone().or_else(|| user.username.take());
            let password = self.password.as_deref().map(|password| password.clone().into());
            user.password = password.or_else(|| user.password.take());
        } else if self.token.is_some() {
            user.username = None;
            user.password = None;
        }
        if self.client_certificate.is_some() {
            user.client_certificate = self.client_certificate.as_deref().map(text);
            user.client_certificate_data = None;
        }
        if self.client_key.is_some() {
            user.client_key = self.client_key.as_deref().map(text);
            user.client_key_data = None;
        }
        if self.impersonate.is_some() {
            user.impersonate.clone_from(&self.impersonate);
        }
        if self.impersonate_uid.is_some() {
            user.impersonate_uid.clone_from(&self.impersonate_uid);
        }
        if !self.impersonate_groups.is_empty() {
            user.impersonate_groups = Some(self.impersonate_groups.clone());
        }
    }

    /// A Pod's account has a server, a token and an authority; client-go lets only these be overridden, which leaves out
    /// `--as` without a word.
    fn lay_over_account(&self, config: &mut Config) -> Result<(), ClusterError> {
        if let Some(server) = &self.server {
            let uri = with_scheme(server, true).parse();
            config.cluster_url = uri.map_err(|_| configuration_error("--server is no address"))?;
        }
        if let Some(authority) = &self.certificate_authority {
            config.root_cert = None;
            config.root_cert_file = Some(authority.clone());
        }
        config.accept_invalid_certs = self.insecure_skip_tls_verify;
        config.tls_server_name.clone_from(&self.tls_server_name);
        config.disable_compression = self.disable_compression;
        if let Some(proxy) = &self.proxy_url {
            let uri = proxy.parse();
            config.proxy_url = Some(uri.map_err(|_| configuration_error("--proxy-url is no address"))?);
        }
        self.lay_over_user(&mut config.auth_info);
        Ok(())
    }
}

/// An address without a scheme is https where anything is said about TLS, as for client-go.
fn with_scheme(server: &str, speaks_tls: bool) -> String {
    match (server.contains("://"), speaks_tls) {
        (true, _) => server.to_owned(),
        (false, true) => format!("https://{server}"),
        (false, false) => format!("http://{server}"),
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn configuration_error(reason: &str) -> ClusterError {
    ClusterError::Configuration {
        reason: reason.to_owned(),
    }
}
