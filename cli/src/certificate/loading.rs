//! From a recipient to its certificate: asked for, kept, checked against its pins and its time.

use jiff::Timestamp;
use sealing::Certificate;

use super::cache::{Cache, Cached};
use super::ending::ending;
use super::recipients::{self, Recipient};
use super::source::{FetchError, Source};
use crate::age::age;
use crate::cluster::ClusterArgs;
use crate::config::{ClusterEntry, Config};
use crate::context::Context;
use crate::error::CommandError;

/// How new a certificate has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// At most an hour old; older where its source can't be reached.
    Cached,
    /// As its source has it now.
    Asked,
}

impl Recipient<'_> {
    /// A certificate to seal with. It is warned about in the 30 days before its end.
    ///
    /// # Errors
    /// When it can't be had, is of another key than those pinned, or has ended.
    pub(crate) fn load_valid(
        &self,
        cache: &Cache,
        freshness: Freshness,
        context: &Context,
    ) -> Result<Certificate, CommandError> {
        let certificate = self.load(cache, freshness, context)?;
        self.check_pin(&certificate)?;
        self.warn_if_exchangeable(&certificate, context);
        certificate.check_valid(context.now).map_err(|error| {
            let error = CommandError::failed(error).context("cannot seal with this certificate").hint(
                "`chancery cert` fetches the cluster's current one, `chancery keys generate` makes a new key",
            );
            match &self.cluster {
                Some(_) => error.context(format!("the certificate of {}", self.origin())),
                None => error,
            }
        })?;
        if let Some(words) = ending(&certificate, context.now) {
            context.printer.warning(&format!(
                "{words} ({}); `chancery cert` fetches the cluster's current one, `chancery keys rotate` makes a new key",
                self.origin()
            ));
        }
        Ok(certificate)
    }

    /// The certificate, whatever its dates and its key. What is fetched is kept, if it may seal.
    ///
    /// # Errors
    /// When it can't be had, or is no RSA certificate; the message names the source.
    pub(crate) fn load(
        &self,
        cache: &Cache,
        freshness: Freshness,
        context: &Context,
    ) -> Result<Certificate, CommandError> {
        self.fetch(cache, freshness, context)
            .map_err(|error| match &self.cluster {
                Some(name) => error.context(format!("cannot get the certificate of cluster `{name}`")),
                None => error,
            })
    }

    fn fetch(
        &self,
        cache: &Cache,
        freshness: Freshness,
        context: &Context,
    ) -> Result<Certificate, CommandError> {
        let Some(key) = self
            .source
            .cache_key()
            .map_err(FetchError::from)
            .map_err(|failed| failed.error)?
        else {
            return self.source.fetch().map_err(|failed| failed.error);
        };
        let kept = cache
            .get(&key, context.now)
            .filter(|kept| freshness == Freshness::Cached && self.pinned(&kept.certificate) != Some(false));
        if let Some(kept) = &kept
            && kept.is_fresh()
        {
            return Ok(kept.certificate.clone());
        }
        match (self.source.fetch(), kept) {
            (Ok(certificate), _) => {
                let may_seal = certificate.check_valid(context.now).is_ok();
                if may_seal && self.pinned(&certificate) != Some(false) {
                    cache.put(&key, &certificate, context.now);
                }
                Ok(certificate)
            }
            (Err(failed), Some(kept)) if failed.unreachable => {
                self.warn_kept(&failed.error, &kept, context);
                Ok(kept.certificate)
            }
            (Err(failed), _) => Err(failed.error),
        }
    }

    fn warn_kept(&self, error: &CommandError, kept: &Cached, context: &Context) {
        context.printer.warning(&format!(
            "the certificate of {} can't be asked for, so the one that was fetched {} ago is used ({})",
            self.origin(),
            age(kept.age),
            error.causes().join(": ")
        ));
    }
}

/// What is known about the certificate of a configured cluster without asking anyone: that in a file, or the one that
/// was fetched last.
///
/// # Errors
/// When its file can't be read or is no certificate.
pub(crate) fn known(
    entry: &ClusterEntry,
    config: &Config,
    args: &ClusterArgs,
    cache: &Cache,
    now: Timestamp,
) -> Result<Option<Certificate>, CommandError> {
    let source = match &entry.certificate {
        Some(certificate) => Source::configured(certificate, config),
        None => Source::Controller(recipients::controller(entry, args)),
    };
    if let Source::File(_) = source {
        return source.fetch().map(Some).map_err(|failed| failed.error);
    }
    // Without a kubeconfig nothing is known, which is no mistake of a command that asks no cluster.
    let key = source.cache_key().ok().flatten();
    Ok(key
        .and_then(|key| cache.get(&key, now))
        .map(|kept| kept.certificate))
}

/// Keeps the certificate that a controller has now, so that what is sealed within the hour is sealed with it.
pub(crate) fn remember(args: &ClusterArgs, cache: &Cache, certificate: &Certificate, now: Timestamp) {
    if let Ok(Some(key)) = Source::Controller(args.clone()).cache_key() {
        cache.put(&key, certificate, now);
    }
}
