//! `kubeseal --validate`: the controller says whether it opens SealedSecrets.

use manifests::documents::Document;

use super::invocation::Invocation;
use super::output::Output;
use super::{controller, failures, sealed_secrets};
use crate::cluster::{Cluster, ClusterError, Proxy};
use crate::error::CommandError;

/// Asks for each SealedSecret; nothing is said of those that are good.
///
/// # Errors
/// When the input can't be read or holds no document, when there is no way to the controller, and for each document
/// that is no SealedSecret or that the controller doesn't open. All are tried.
pub(super) fn run(invocation: &Invocation<'_>) -> Result<Output, CommandError> {
    let documents = sealed_secrets::documents(&invocation.input.read()?)?;
    if let Some(file) = &invocation.args.sealed_secret_file {
        let file = file.display();
        let printer = &invocation.context.printer;
        printer.warning(&format!("--validate writes nothing; `{file}` is left as it is"));
    }
    let (cluster, proxy) = controller::reach(invocation)?;
    let failed = |document| validate(document, &cluster, &proxy).err();
    failures::said(documents.iter().filter_map(failed).collect(), invocation.context)?;
    Ok(Output::Nothing)
}

fn validate(document: &Document, cluster: &Cluster, proxy: &Proxy) -> Result<(), CommandError> {
    let name = document.name().unwrap_or_default().to_owned();
    // Upstream's controller passes over items that are no texts, and says that what is left is good.
    sealed_secrets::sealed_secret(document)
        .map_err(|error| error.context(format!("cannot validate sealed secret: {name}")))?;
    cluster.verify(proxy, &document.value).map_err(|error| {
        let words = match &error {
            ClusterError::Unopened { .. } => "unable to decrypt sealed secret",
            _ => "cannot validate sealed secret",
        };
        let doing = format!("asking for {}", document.place());
        CommandError::from(error)
            .context(doing)
            .context(format!("{words}: {name}"))
    })
}
