//! The certificates of the clusters that files are for, as far as they are known without asking anyone.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use manifests::verify::{Code, Finding, of_file};
use sealing::{Certificate, Fingerprint};

use super::VerifyArgs;
use crate::certificate::{ending, known};
use crate::config::{ClusterEntry, Config, Rule};
use crate::context::Context;
use crate::error::CommandError;
use crate::input;

/// Certificates, with what is wrong with them.
pub(super) struct Certificates<'a> {
    config: Option<&'a Config>,
    /// Those of `--cert`; with any, those of the configuration don't count.
    named: Vec<Known>,
    /// One for each cluster of the configuration, in its order.
    configured: Vec<Option<Known>>,
    /// The clusters that a file turned out to be for, by their place in the configuration.
    used: BTreeSet<usize>,
}

struct Known {
    modulus_len: Option<usize>,
    findings: Vec<Finding>,
}

/// What a file's objects may be sealed with.
pub(super) struct Recipients {
    /// Lengths of the moduli; none: not known.
    pub(super) modulus_lens: Vec<usize>,
    /// The pinned keys; none: any.
    pub(super) pins: Vec<Fingerprint>,
    /// Names of the clusters; none: not known.
    pub(super) clusters: Vec<String>,
}

impl<'a> Certificates<'a> {
    /// Reads what is known.
    ///
    /// # Errors
    /// When a certificate of `--cert` can't be read.
    pub(super) fn new(
        args: &VerifyArgs,
        config: Option<&'a Config>,
        context: &Context,
    ) -> Result<Self, CommandError> {
        let mut named = Vec::new();
        for path in &args.cert {
            named.push(of_flag(path, context.now)?);
        }
        let cache = args.cache.open();
        let configured = config.into_iter().flat_map(|config| {
            let known = |entry: &ClusterEntry| match known(
                entry,
                config,
                &args.opener.cluster,
                &cache,
                context.now,
            ) {
                Ok(Some(certificate)) => Some(Known::new(entry, config, &certificate, context.now)),
                Ok(None) => None,
                Err(error) => Some(Known::unreadable(entry, config, &error)),
            };
            config.clusters().iter().map(known).collect::<Vec<_>>()
        });
        Ok(Self {
            config,
            named,
            configured: configured.collect(),
            used: BTreeSet::new(),
        })
    }

    /// What the objects of a file may be sealed with, by its rule.
    pub(super) fn recipients(&mut self, rule: Option<&Rule<'_>>) -> Recipients {
        let (Some(config), Some(rule)) = (self.config, rule) else {
            return Recipients {
                modulus_lens: lens(self.named.iter().map(Some)),
                pins: Vec::new(),
                clusters: Vec::new(),
            };
        };
        let all = config.clusters();
        let places: Vec<usize> = match (rule.clusters(), all) {
            ([], [_]) => vec![0],
            (names, _) => (0..all.len())
                .filter(|at| all.get(*at).is_some_and(|entry| names.contains(&entry.name)))
                .collect(),
        };
        self.used.extend(&places);
        let modulus_lens = if self.named.is_empty() {
            lens(places.iter().map(|at| self.configured.get(*at)?.as_ref()))
        } else {
            lens(self.named.iter().map(Some))
        };
        Recipients {
            modulus_lens,
            pins: config.pins_for(rule).into_iter().flatten().cloned().collect(),
            clusters: rule.clusters().to_vec(),
        }
    }

    /// What is wrong with the certificates of the clusters that files were for.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        let used = self.used;
        let configured = self
            .configured
            .into_iter()
            .enumerate()
            .filter_map(|(at, known)| known.filter(|_| used.contains(&at)));
        let named = self.named.into_iter();
        named.chain(configured).flat_map(|known| known.findings).collect()
    }
}

/// The lengths, if all are known: then there are no others.
fn lens<'k>(all: impl Iterator<Item = Option<&'k Known>>) -> Vec<usize> {
    let lens: Option<BTreeSet<usize>> = all.map(|known| known?.modulus_len).collect();
    lens.unwrap_or_default().into_iter().collect()
}

fn of_flag(path: &Path, now: Timestamp) -> Result<Known, CommandError> {
    let doing = || format!("cannot use the certificate `{}`", path.display());
    let bytes = input::read_file(path).map_err(|error| error.context(doing()))?;
    let certificate = Certificate::from_pem(&bytes).map_err(|error| {
        CommandError::failed(error)
            .context(doing())
            .hint("a sealing certificate is PEM text with an RSA key, as `chancery cert` prints it")
    })?;
    let shown = path.display().to_string();
    Ok(Known {
        modulus_len: Some(certificate.public_key().modulus_len()),
        findings: dates(&shown, 1, "", &certificate, now),
    })
}

impl Known {
    fn new(entry: &ClusterEntry, config: &Config, certificate: &Certificate, now: Timestamp) -> Self {
        let (file, line) = (config.shown().display().to_string(), entry.line());
        let of = format!("cluster `{}`: ", entry.name);
        let mut findings = dates(&file, line, &of, certificate, now);
        let key = certificate.fingerprint();
        if !entry.fingerprints.is_empty() && !entry.fingerprints.contains(key) {
            findings.push(of_file(
                &file,
                line,
                Code::CertificatePin,
                format!(
                    "{of}its certificate has the key {key}, which is not pinned: find out whether the cluster's key was \
                     renewed (`chancery keys list`) before you add it"
                ),
            ));
        }
        Self {
            modulus_len: Some(certificate.public_key().modulus_len()),
            findings,
        }
    }

    fn unreadable(entry: &ClusterEntry, config: &Config, error: &CommandError) -> Self {
        let file = config.shown().display().to_string();
        let message = format!("cluster `{}`: {}", entry.name, error.causes().join(": "));
        Self {
            modulus_len: None,
            findings: vec![of_file(&file, entry.line(), Code::CertificateUnreadable, message)],
        }
    }
}

fn dates(file: &str, line: usize, of: &str, certificate: &Certificate, now: Timestamp) -> Vec<Finding> {
    if let Err(error) = certificate.check_valid(now) {
        return vec![of_file(
            file,
            line,
            Code::CertificateExpired,
            format!("{of}{error}"),
        )];
    }
    let warning = ending(certificate, now);
    let finding = |warning| of_file(file, line, Code::CertificateExpires, format!("{of}{warning}"));
    warning.map(finding).into_iter().collect()
}
