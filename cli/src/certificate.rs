//! Where sealing certificates come from: files, URLs, a local store, controllers, the clusters of `.chancery.yaml`.

mod cache;
mod controller_flags;
mod download;
mod ending;
mod loading;
mod pin;
mod recipients;
mod source;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use sealing::Certificate;

#[cfg(test)]
use cache::Cache;
pub(crate) use cache::{CacheArgs, CacheFolderArgs};
pub(crate) use ending::ending;
pub(crate) use loading::{Freshness, known, remember};
pub(crate) use recipients::{Recipient, Recipients, controller, no_clusters};

use crate::cluster::ClusterArgs;
use crate::config::Config;
use crate::context::Context;
use crate::error::CommandError;
use controller_flags::ControllerFlags;
pub(crate) use source::Source as CertificateSource;

/// Where the certificate comes from. With none of `--cert` and `--local`, from the clusters of `.chancery.yaml`, else
/// from the kubeconfig's cluster.
// Without `Debug`: the URL may hold a password.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Certificate")]
pub(crate) struct CertificateArgs {
    /// The certificate: a PEM file (or a key Secret), a file:// or an http(s):// URL, repeatable; NAME= before it
    /// names its cluster [env: `SEALED_SECRETS_CERT`]
    #[arg(long, value_name = "[NAME=]FILE|URL", conflicts_with = "local")]
    cert: Vec<String>,
    // An argument of its own, so that `--local` on the command line wins over the environment
    // instead of contradicting it.
    #[arg(long, hide = true, env = "SEALED_SECRETS_CERT", hide_env_values = true)]
    cert_from_environment: Option<String>,
    /// A folder that stands in for a cluster: use its newest key
    #[arg(long, value_name = "DIR")]
    pub(crate) local: Option<PathBuf>,
    /// A cluster of `.chancery.yaml`, repeatable; by default those that its rules name
    #[arg(long = "cluster", value_name = "NAME", conflicts_with_all = ["cert", "local"])]
    named: Vec<String>,
    // Before the flags that it looks at: these are taken out of the matches when they are read.
    #[command(flatten)]
    given: ControllerFlags,
    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
}

impl CertificateArgs {
    /// Whether the configuration has no say in which certificate it is: flags name it, and no cluster. A command that
    /// wants nothing else of the configuration need not read it, so that a mistake in it can't be in the way.
    pub(crate) fn is_apart_from_config(&self) -> bool {
        let names_no_cluster = self
            .cert
            .iter()
            .all(|text| recipients::named_source(text).0.is_none());
        self.local.is_some() || (!self.cert.is_empty() && names_no_cluster)
    }

    /// The one certificate that objects of a file are sealed with: valid now, of a pinned key, warned about in the 30
    /// days before its end. `path` is `None` for standard input.
    ///
    /// # Errors
    /// When the file is for several clusters and none is picked; when the certificate can't be had, has ended, or is of
    /// another key than those pinned.
    pub(crate) fn for_file(
        &self,
        path: Option<&Path>,
        config: Option<&Config>,
        freshness: Freshness,
        context: &Context,
    ) -> Result<Certificate, CommandError> {
        let recipients = self.recipients(config, &context.printer)?;
        let rule = config.map(|config| match path {
            Some(path) => config.rule_for(path),
            None => config.rule_for_none(),
        });
        let what = path.map_or_else(|| "<stdin>".to_owned(), |path| path.display().to_string());
        let chosen = recipients.chosen(rule.as_ref(), &what)?;
        let [one] = chosen.as_slice() else {
            return Err(recipients.not_one(&chosen, rule.as_ref(), &what));
        };
        one.load_valid(&self.cache.open(), freshness, context)
    }
}
