//! The way to the controller, in kubeseal's words where there is none.

use super::invocation::Invocation;
use crate::cluster::{Cluster, ClusterArgs, ClusterError, Proxy};
use crate::error::CommandError;

/// A connection to the cluster, and the way to the controller in it.
///
/// # Errors
/// When there is no usable kubeconfig, or the Service can't be had.
pub(super) fn reach(invocation: &Invocation<'_>) -> Result<(Cluster, Proxy), CommandError> {
    let args = invocation.cluster_args()?;
    let cluster = invocation.cluster()?;
    let proxy = cluster.proxy(&args).map_err(|error| not_found(error, &args))?;
    Ok((cluster, proxy))
}

/// The error of a Service that can't be had.
fn not_found(error: ClusterError, args: &ClusterArgs) -> CommandError {
    const WORDS: &str = "cannot get sealed secret service";
    let error = match error {
        error @ ClusterError::NoController { .. } => {
            let missing = format!("{WORDS}: services {:?} not found", args.controller_name);
            CommandError::failed(error).context(missing)
        }
        error => CommandError::from(error).context(WORDS),
    };
    error.hint(
        "Please, use the flag --controller-name and --controller-namespace to set up the name and namespace of the \
         sealed secrets controller (its Helm chart calls the Service `sealed-secrets`)",
    )
}
