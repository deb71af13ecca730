//! Keys that are pinned.

use sealing::Certificate;

use super::recipients::Recipient;
use crate::context::Context;
use crate::error::CommandError;

impl Recipient<'_> {
    /// Warns about a certificate that came over plain http where nothing pins its key. `.chancery.yaml` refuses such a
    /// source; a flag or the environment can still name it.
    pub(crate) fn warn_if_exchangeable(&self, certificate: &Certificate, context: &Context) {
        if self.source.is_plain_http() && self.pinned(certificate).is_none() {
            context.printer.warning(&format!(
                "the certificate of {} came over plain http: anyone in between can choose the key; compare the \
                 fingerprint {} with who runs the cluster, or pin it in .chancery.yaml",
                self.origin(),
                certificate.fingerprint()
            ));
        }
    }

    /// Succeeds if the configuration pins the key of this certificate, or pins none.
    ///
    /// # Errors
    /// With what to check, and how to accept the key.
    pub(crate) fn check_pin(&self, certificate: &Certificate) -> Result<(), CommandError> {
        let Some((config, entry)) = self
            .configured
            .filter(|_| self.pinned(certificate) == Some(false))
        else {
            return Ok(());
        };
        let pinned: Vec<&str> = entry
            .fingerprints
            .iter()
            .map(sealing::Fingerprint::as_str)
            .collect();
        Err(CommandError::message(format!(
            "the certificate has the key {}; {} pins {}",
            certificate.fingerprint(),
            config.pins_place(entry),
            pinned.join(", ")
        ))
        .context(format!(
            "the certificate of {} is not of a pinned key, so nothing is sealed with it",
            self.origin()
        ))
        .hint(format!(
            "was the key of `{}` renewed? Ask who runs that cluster, or look there (`chancery keys list`); \
             if nobody renewed it, someone else answers in its place: what is sealed now, they could read",
            entry.name
        ))
        .hint(format!(
            "`chancery cert --cluster {} -o text` shows the new key; to accept it, add its fingerprint there",
            entry.name
        )))
    }
}
