//! Which cluster: the kubeconfig and the context in it.

mod namespace;
mod overrides;
mod proxy;
mod timeout;

use std::path::PathBuf;

use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig};

use super::{ClusterArgs, ClusterError};
pub(crate) use namespace::Namespace;
pub(crate) use overrides::Overrides;
pub(crate) use timeout::request_timeout;

/// Which cluster.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Cluster")]
pub(crate) struct KubeconfigArgs {
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

/// Reads the kubeconfig, or in a Pod without one its account, and lays the overrides over it.
///
/// # Errors
/// [`ClusterError::Configuration`] when there is no usable one.
pub(super) async fn configuration(args: &KubeconfigArgs) -> Result<Config, ClusterError> {
    let mut config = if *args.overrides == Overrides::default() {
        as_it_stands(args).await?
    } else {
        overrides::configuration(args).await?
    };
    if args.overrides.proxy_url.is_none() {
        proxy::spare(&mut config);
    }
    Ok(config)
}

async fn as_it_stands(args: &KubeconfigArgs) -> Result<Config, ClusterError> {
    let options = KubeConfigOptions {
        context: args.context.clone(),
        ..KubeConfigOptions::default()
    };
    match &args.kubeconfig {
        Some(path) => {
            let kubeconfig = Kubeconfig::read_from(path).map_err(ClusterError::kubeconfig)?;
            Config::from_custom_kubeconfig(kubeconfig, &options)
                .await
                .map_err(ClusterError::kubeconfig)
        }
        None => match Config::from_kubeconfig(&options).await {
            // In a Pod there is no kubeconfig; where there is no Pod's account either, the kubeconfig
            // is what the user should hear about.
            Err(error) if args.context.is_none() => {
                Config::incluster().map_err(|_| ClusterError::kubeconfig(error))
            }
            result => result.map_err(ClusterError::kubeconfig),
        },
    }
}

/// A text that tells clusters apart. The address alone doesn't: tunnels and proxies have one for many.
///
/// # Errors
/// As [`configuration`].
pub(super) async fn identity(args: &KubeconfigArgs) -> Result<String, ClusterError> {
    let config = configuration(args).await?;
    let kubeconfig = match &args.kubeconfig {
        Some(path) => Kubeconfig::read_from(path),
        None => Kubeconfig::read(),
    };
    let current = kubeconfig.ok().and_then(|kubeconfig| kubeconfig.current_context);
    let context = args.context.clone().or(current);
    Ok(format!(
        "{:?}",
        (
            config.cluster_url.to_string(),
            config.tls_server_name,
            config.root_cert,
            config.root_cert_file,
            context,
        )
    ))
}

/// The namespace of the kubeconfig's context, as kubectl would take it, or `None` without one.
/// A kubeconfig that is missing or broken is not worth failing a command that needs no cluster.
pub(crate) fn context_namespace(args: &ClusterArgs) -> Option<String> {
    let kubeconfig = match &args.kubeconfig {
        Some(path) => Kubeconfig::read_from(path),
        None => Kubeconfig::read(),
    }
    .ok()?;
    let wanted = args.context.as_ref().or(kubeconfig.current_context.as_ref())?;
    let named = kubeconfig
        .contexts
        .iter()
        .find(|context| &context.name == wanted)?;
    named
        .context
        .as_ref()?
        .namespace
        .clone()
        .filter(|namespace| !namespace.is_empty())
}
