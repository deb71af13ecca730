//! `.chancery.yaml`: for which clusters a repository's secrets are sealed, and what holds by path.
//!
//! Everything in it is relative to its folder. Flags win over it.

mod args;
mod check;
mod entry;
mod file;
mod find;
mod output_pattern;
mod pattern;
mod place;
mod rule;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use manifests::documents;
use sealing::Fingerprint;

pub(crate) use args::ConfigArgs;
pub(crate) use entry::ClusterEntry;
pub(crate) use output_pattern::{OutputPattern, Properties};
pub(crate) use pattern::Pattern;
pub(crate) use place::below;
pub(crate) use rule::{Contradiction, Rule};

use crate::error::CommandError;
use crate::input;
use rule::RuleEntry;

/// What a repository's `.chancery.yaml` says.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// The file as messages name it, and as it opens from the working directory.
    shown: PathBuf,
    /// Its folder, a real path.
    root: PathBuf,
    working: PathBuf,
    clusters: Vec<ClusterEntry>,
    /// `defaults` first.
    rules: Vec<RuleEntry>,
    plain_secrets: Vec<Pattern>,
}

impl Config {
    /// The configuration in `working` or the nearest folder above it, up to the root of the repository.
    ///
    /// # Errors
    /// As [`Self::read`], and when the file belongs to another user.
    pub(crate) fn find(working: &Path) -> Result<Option<Self>, CommandError> {
        let real = working
            .canonicalize()
            .with_context(|| format!("cannot look into `{}`", working.display()))?;
        match find::find(&real)? {
            Some(file) => Self::read(&real, &file).map(Some),
            None => Ok(None),
        }
    }

    /// Reads a configuration; `file` and all paths it is asked about are relative to `working`, or absolute.
    ///
    /// # Errors
    /// When it can't be read, and at the first mistake in it: with line, field, and what was probably meant.
    pub(crate) fn read(working: &Path, file: &Path) -> Result<Self, CommandError> {
        let shown = file.to_owned();
        let bytes = input::read_file(&working.join(file))
            .map_err(|error| error.context(format!("cannot read the configuration `{}`", shown.display())))?;
        // Where a link to it stands, not where it leads.
        let at = working.join(file);
        let root = at
            .parent()
            .unwrap_or(working)
            .canonicalize()
            .with_context(|| format!("cannot read the configuration `{}`", shown.display()))?;
        let documents = documents::read(&shown.display().to_string(), &bytes)?;
        let [document] = documents.as_slice() else {
            return Err(CommandError::message(format!(
                "the configuration `{}` has {} documents instead of one",
                shown.display(),
                documents.len()
            ))
            .hint("it begins with `apiVersion: chancery.dev/v1alpha1` and `kind: Config`"));
        };
        let checked = check::check(document)?;
        Ok(Self {
            shown,
            root,
            working: working.to_owned(),
            clusters: checked.clusters,
            rules: checked.rules,
            plain_secrets: checked.plain_secrets,
        })
    }

    /// The file as messages name it.
    pub(crate) fn shown(&self) -> &Path {
        &self.shown
    }

    /// A path that the file names, as it opens from the working directory.
    pub(crate) fn resolve(&self, path: &Path) -> PathBuf {
        match self.shown.parent() {
            Some(folder) => folder.join(path),
            None => path.to_owned(),
        }
    }

    /// The path below the folder of the configuration, or `None` when it is elsewhere.
    pub(crate) fn below(&self, path: &Path) -> Option<PathBuf> {
        below(&self.root, &self.working, path)
    }

    /// What holds for a file: each field as the last rule that matches and says it has it, else as `defaults` has it.
    /// For a file elsewhere that is `defaults` alone.
    pub(crate) fn rule_for(&self, path: &Path) -> Rule<'_> {
        let below = self.below(path);
        let matches = |entry: &&RuleEntry| match (&entry.pattern, &below) {
            (None, _) => true,
            (Some(pattern), Some(below)) => pattern.matches(below),
            (Some(_), None) => false,
        };
        Rule::of(&self.shown, self.rules.iter().filter(matches))
    }

    /// What holds for a document that is in no file.
    pub(crate) fn rule_for_none(&self) -> Rule<'_> {
        Rule::of(
            &self.shown,
            self.rules.iter().filter(|entry| entry.pattern.is_none()),
        )
    }

    /// The clusters in the order of the file.
    pub(crate) fn clusters(&self) -> &[ClusterEntry] {
        &self.clusters
    }

    /// The cluster of that name.
    ///
    /// # Errors
    /// When there is none, with the one that was probably meant.
    pub(crate) fn cluster(&self, name: &str) -> Result<&ClusterEntry, CommandError> {
        let found = self.clusters.iter().find(|cluster| cluster.name == name);
        found.ok_or_else(|| {
            let known: Vec<&str> = self
                .clusters
                .iter()
                .map(|cluster| cluster.name.as_str())
                .collect();
            CommandError::usage(format!(
                "`{}`: {}",
                self.shown.display(),
                check::unknown(name, &known)
            ))
        })
    }

    /// The keys that are pinned for any of the clusters that a rule names (or for the only cluster, if it names none).
    /// `None`: one of the clusters has no pins, or none is named, so any key is right.
    pub(crate) fn pins_for(&self, rule: &Rule<'_>) -> Option<Vec<&Fingerprint>> {
        pins_of(&self.named_by(rule))
    }

    fn named_by(&self, rule: &Rule<'_>) -> Vec<&ClusterEntry> {
        match (rule.clusters(), self.clusters.as_slice()) {
            ([], [only]) => vec![only],
            (names, all) => all.iter().filter(|entry| names.contains(&entry.name)).collect(),
        }
    }

    /// Succeeds if the key may seal the items of a file: it is pinned for its clusters, or not all of these have pins.
    ///
    /// # Errors
    /// With what to check, and how to accept the key.
    pub(crate) fn check_newest(&self, file: &Path, newest: &Fingerprint) -> Result<(), CommandError> {
        self.check_newest_of(&self.named_by(&self.rule_for(file)), newest)
    }

    /// As [`Self::check_newest`], for what is sealed for these clusters.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn check_newest_of(
        &self,
        clusters: &[&ClusterEntry],
        newest: &Fingerprint,
    ) -> Result<(), CommandError> {
        match pins_of(clusters) {
            Some(pins) if !pins.contains(&newest) => {
                let names: Vec<String> = clusters.iter().map(|entry| format!("`{}`", entry.name)).collect();
                Err(CommandError::message(format!(
                    "the newest key is {newest}, which `{}` doesn't pin for {}",
                    self.shown.display(),
                    names.join(", ")
                ))
                .hint(
                    "was the key renewed? Ask who runs that cluster, or look there (`chancery keys list`), and add \
                     the fingerprint to the `fingerprints` of the cluster",
                ))
            }
            _ => Ok(()),
        }
    }

    /// Whether `verify --no-plain-secrets` lets a file have Secrets with data.
    pub(crate) fn allows_plain_secret(&self, path: &Path) -> bool {
        self.below(path)
            .is_some_and(|below| self.plain_secrets.iter().any(|pattern| pattern.matches(&below)))
    }

    /// Where the pins of a cluster are written, for messages.
    pub(crate) fn pins_place(&self, entry: &ClusterEntry) -> String {
        format!(
            "`{}` in `{}` (line {})",
            entry.field,
            self.shown.display(),
            entry.line
        )
    }
}

/// `None`: one of them has no pins, or there is none.
fn pins_of<'a>(clusters: &[&'a ClusterEntry]) -> Option<Vec<&'a Fingerprint>> {
    if clusters.is_empty() || clusters.iter().any(|entry| entry.fingerprints.is_empty()) {
        return None;
    }
    Some(clusters.iter().flat_map(|entry| &entry.fingerprints).collect())
}
