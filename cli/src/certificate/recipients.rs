//! Whom a call seals for.

use sealing::Certificate;

use super::CertificateArgs;
use super::source::Source;
use crate::cluster::{ClusterArgs, object_name};
use crate::config::{ClusterEntry, Config, Rule};
use crate::error::CommandError;
use crate::printer::Printer;

/// One cluster, and where its certificate comes from.
pub(crate) struct Recipient<'a> {
    /// Its name, where it has one.
    pub(crate) cluster: Option<String>,
    pub(super) source: Source,
    /// The cluster in the configuration, whose pins count.
    pub(super) configured: Option<(&'a Config, &'a ClusterEntry)>,
}

/// All clusters that a call may seal for; which of them a document is for, its rule decides.
pub(crate) struct Recipients<'a> {
    all: Vec<Recipient<'a>>,
    choice: Choice<'a>,
    /// Whether a folder that is written has one for each of them.
    apart: bool,
}

enum Choice<'a> {
    /// Flags name them: every document is for each.
    Each,
    /// By the rules of the configuration; `picked` are those that `--cluster` names.
    ByRule { config: &'a Config, picked: bool },
}

impl CertificateArgs {
    /// Whom this call seals for. `--cert`, `--local` and the controller's flags win over the configuration's clusters,
    /// unless `--cluster` names some; the environment doesn't.
    ///
    /// # Errors
    /// When two of them have one name, and when `--cluster` names one that there is not.
    pub(crate) fn recipients<'a>(
        &self,
        config: Option<&'a Config>,
        printer: &Printer,
    ) -> Result<Recipients<'a>, CommandError> {
        if let Some(folder) = &self.local {
            return Ok(Recipients::one(Source::Local(folder.clone())));
        }
        let named: Vec<&String> = self.cert.iter().filter(|named| !named.is_empty()).collect();
        if !named.is_empty() {
            return by_flag(&named, config);
        }
        match config.filter(|config| !config.clusters().is_empty()) {
            Some(config) if !self.named.is_empty() || !self.given.any() => {
                if self.of_environment().is_some() {
                    printer.note(&format!(
                        "SEALED_SECRETS_CERT is not used: `{}` names the clusters",
                        config.shown().display()
                    ));
                }
                self.configured(config)
            }
            None if !self.named.is_empty() => Err(no_clusters().hint("--cert names a certificate")),
            _ => Ok(Recipients::one(match self.of_environment() {
                // As kubeseal: also where flags say which controller.
                Some(named) => Source::named(named),
                None => Source::Controller(self.cluster.clone()),
            })),
        }
    }

    fn of_environment(&self) -> Option<&str> {
        self.cert_from_environment
            .as_deref()
            .filter(|named| !named.is_empty())
    }

    fn configured<'a>(&self, config: &'a Config) -> Result<Recipients<'a>, CommandError> {
        let mut entries: Vec<&ClusterEntry> = Vec::new();
        for name in &self.named {
            let entry = config.cluster(name)?;
            if !entries.iter().any(|other| other.name == entry.name) {
                entries.push(entry);
            }
        }
        if self.named.is_empty() {
            entries = config.clusters().iter().collect();
        }
        let all = entries
            .into_iter()
            .map(|entry| Recipient {
                cluster: Some(entry.name.clone()),
                source: match &entry.certificate {
                    Some(certificate) if !self.given.any() => Source::configured(certificate, config),
                    _ => Source::Controller(self.controller(entry)),
                },
                configured: Some((config, entry)),
            })
            .collect();
        let choice = Choice::ByRule {
            config,
            picked: !self.named.is_empty(),
        };
        Ok(Recipients {
            all,
            choice,
            apart: config.clusters().len() > 1,
        })
    }

    fn controller(&self, entry: &ClusterEntry) -> ClusterArgs {
        let mut controller = controller(entry, &self.cluster);
        if self.given.context {
            controller.context.clone_from(&self.cluster.context);
        }
        if self.given.namespace {
            controller
                .controller_namespace
                .clone_from(&self.cluster.controller_namespace);
        }
        if self.given.name {
            controller
                .controller_name
                .clone_from(&self.cluster.controller_name);
        }
        controller
    }
}

/// The error of `--cluster` where nothing configures clusters.
pub(crate) fn no_clusters() -> CommandError {
    CommandError::usage("`--cluster` names a cluster of `.chancery.yaml`, and there is none")
        .hint("--context names one of the kubeconfig")
}

/// Where the controller of a configured cluster is; what the configuration leaves out is as the flags or the
/// environment say.
pub(crate) fn controller(entry: &ClusterEntry, args: &ClusterArgs) -> ClusterArgs {
    let mut controller = args.clone();
    let said = &entry.controller;
    if said.context.is_some() {
        controller.context.clone_from(&said.context);
    }
    if let Some(namespace) = &said.namespace {
        controller.controller_namespace.clone_from(namespace);
    }
    if let Some(name) = &said.name {
        controller.controller_name.clone_from(name);
    }
    controller
}

/// The certificates of `--cert`. One that is named as a configured cluster has to be of a key that is pinned for it.
fn by_flag<'a>(named: &[&String], config: Option<&'a Config>) -> Result<Recipients<'a>, CommandError> {
    let mut all: Vec<Recipient<'a>> = Vec::new();
    for text in named {
        let (name, source) = named_source(text);
        // A single one needs no name.
        let name = name.or_else(|| (named.len() > 1).then(|| source.stem()).flatten());
        if named.len() > 1 && name.is_none() {
            return Err(CommandError::usage(format!(
                "several certificates need names, and {} has none",
                source.shown()
            ))
            .hint("put the name of the cluster before it: --cert NAME=FILE"));
        }
        if let Some(name) = &name
            && all.iter().any(|other| other.cluster.as_ref() == Some(name))
        {
            return Err(
                CommandError::usage(format!("two certificates are named `{name}`"))
                    .hint("put the name of the cluster before each: --cert NAME=FILE"),
            );
        }
        let configured = config.and_then(|config| {
            let name = name.as_ref()?;
            let entry = config.clusters().iter().find(|entry| &entry.name == name)?;
            Some((config, entry))
        });
        all.push(Recipient {
            cluster: name,
            source,
            configured,
        });
    }
    Ok(Recipients {
        apart: all.len() > 1,
        choice: Choice::Each,
        all,
    })
}

/// `NAME=FILE` with a name as clusters have it; anything else is a path or URL as a whole.
pub(super) fn named_source(text: &str) -> (Option<String>, Source) {
    match text.split_once('=') {
        Some((name, rest)) if object_name(name).is_ok() && !rest.is_empty() => {
            (Some(name.to_owned()), Source::named(rest))
        }
        _ => (None, Source::named(text)),
    }
}

impl<'a> Recipients<'a> {
    fn one(source: Source) -> Self {
        let recipient = Recipient {
            cluster: None,
            source,
            configured: None,
        };
        Self {
            all: vec![recipient],
            choice: Choice::Each,
            apart: false,
        }
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[Recipient<'a>] {
        &self.all
    }

    /// Whether a folder that is written has one for each of them.
    pub(crate) fn are_apart(&self) -> bool {
        self.apart
    }

    /// Whether the configuration names them.
    pub(crate) fn are_configured(&self) -> bool {
        matches!(self.choice, Choice::ByRule { .. })
    }

    /// How one of several is picked, for hints.
    pub(crate) fn how_to_pick(&self) -> &'static str {
        if self.are_configured() {
            "--cluster NAME picks one"
        } else {
            "name one --cert"
        }
    }

    /// Those that a document is for. None: its rule names others than those that were picked.
    ///
    /// # Errors
    /// When there are several and nothing says which of them are meant. `what` names the document.
    pub(crate) fn chosen(
        &self,
        rule: Option<&Rule<'_>>,
        what: &str,
    ) -> Result<Vec<&Recipient<'a>>, CommandError> {
        let Choice::ByRule { config, picked } = &self.choice else {
            return Ok(self.all.iter().collect());
        };
        let names = match rule {
            Some(rule) if *picked => rule.bound_clusters(),
            Some(rule) => Some(rule.clusters()).filter(|names| !names.is_empty()),
            None => None,
        };
        match names {
            Some(names) => {
                let is_meant =
                    |one: &&Recipient<'_>| one.cluster.as_ref().is_some_and(|name| names.contains(name));
                Ok(self.all.iter().filter(is_meant).collect())
            }
            None if *picked || self.all.len() == 1 => Ok(self.all.iter().collect()),
            None => Err(CommandError::usage(format!(
                "`{}` configures {}, and nothing says which of them {what} is for",
                config.shown().display(),
                Self::names(&self.all.iter().collect::<Vec<_>>())
            ))
            .hint(
                "--cluster NAME (repeatable) says it, and `clusters` in a rule or in `defaults` of the file",
            )),
        }
    }

    /// The error of a document that was chosen others than exactly one for.
    pub(super) fn not_one(
        &self,
        chosen: &[&Recipient<'_>],
        rule: Option<&Rule<'_>>,
        what: &str,
    ) -> CommandError {
        if chosen.is_empty() {
            return Self::not_for(rule, what);
        }
        let hint = if self.are_configured() {
            "--cluster NAME picks one; a rule for the folder of each cluster's files says it for good"
        } else {
            self.how_to_pick()
        };
        CommandError::usage(format!(
            "{what} can be sealed for one cluster, not for {}",
            Self::names(chosen)
        ))
        .hint(hint)
    }

    /// The error of a document whose rule names none of the clusters that were picked.
    pub(crate) fn not_for(rule: Option<&Rule<'_>>, what: &str) -> CommandError {
        let names = rule.map(|rule| rule.clusters().join(", ")).unwrap_or_default();
        let by = rule.and_then(Rule::clusters_said_by).unwrap_or_default();
        CommandError::message(format!("{what} is for {names} alone, as {by} says"))
            .hint("leave out --cluster, or change the rule")
    }

    /// Their names, as a message lists them.
    pub(crate) fn names(some: &[&Recipient<'_>]) -> String {
        let names: Vec<String> = some.iter().map(|one| one.described()).collect();
        names.join(", ")
    }
}

impl Recipient<'_> {
    /// What messages call it.
    pub(crate) fn described(&self) -> String {
        match &self.cluster {
            Some(name) => format!("`{name}`"),
            None => self.source.shown(),
        }
    }

    /// The certificate's origin, as messages name it.
    pub(super) fn origin(&self) -> String {
        match &self.cluster {
            Some(name) => format!("cluster `{name}` ({})", self.source.shown()),
            None => self.source.shown(),
        }
    }

    /// Whether its pins name the key of this certificate; `None` without pins.
    pub(crate) fn pinned(&self, certificate: &Certificate) -> Option<bool> {
        let (_, entry) = self
            .configured
            .filter(|(_, entry)| !entry.fingerprints.is_empty())?;
        Some(entry.fingerprints.contains(certificate.fingerprint()))
    }
}
