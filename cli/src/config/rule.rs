//! What the configuration says about one file.

use std::path::Path;

use sealing::Scope;

use super::output_pattern::OutputPattern;
use super::pattern::Pattern;

/// A rule of the file, or its `defaults` (those have no pattern).
#[derive(Clone, Debug)]
pub(super) struct RuleEntry {
    pub(super) pattern: Option<Pattern>,
    /// Its number, from 1.
    pub(super) number: usize,
    pub(super) line: usize,
    pub(super) clusters: Option<Vec<String>>,
    pub(super) namespace: Option<String>,
    pub(super) scope: Option<Scope>,
    pub(super) output: Option<OutputPattern>,
}

/// What holds for one file. Each field is that of the last rule that matches and says it, as in `.gitattributes`;
/// where none does, that of `defaults`. A rule binds, a default only fills in.
#[derive(Clone, Debug)]
pub(crate) struct Rule<'a> {
    /// The configuration, as messages name it.
    file: &'a Path,
    clusters: Option<Said<'a, &'a [String]>>,
    namespace: Option<Said<'a, &'a str>>,
    scope: Option<Said<'a, Scope>>,
    output: Option<Said<'a, &'a OutputPattern>>,
}

/// A value, and who says it.
#[derive(Clone, Copy, Debug)]
struct Said<'a, T> {
    value: T,
    by: &'a RuleEntry,
}

impl<T> Said<'_, T> {
    fn binds(&self) -> bool {
        self.by.pattern.is_some()
    }
}

/// A document that isn't as its rule wants it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} `{is}`, and {by} wants `{wanted}`")]
pub(crate) struct Contradiction {
    what: &'static str,
    is: String,
    wanted: String,
    by: String,
}

impl<'a> Rule<'a> {
    /// What these entries say together; `defaults` first, then the rules that match, in order.
    pub(super) fn of(file: &'a Path, entries: impl Iterator<Item = &'a RuleEntry>) -> Self {
        let mut rule = Self {
            file,
            clusters: None,
            namespace: None,
            scope: None,
            output: None,
        };
        for by in entries {
            if let Some(value) = by.clusters.as_deref() {
                rule.clusters = Some(Said { value, by });
            }
            if let Some(value) = by.namespace.as_deref() {
                rule.namespace = Some(Said { value, by });
            }
            if let Some(value) = by.scope {
                rule.scope = Some(Said { value, by });
            }
            if let Some(value) = &by.output {
                rule.output = Some(Said { value, by });
            }
        }
        rule
    }

    /// The names of the clusters that the file is for. Empty: nothing is said.
    pub(crate) fn clusters(&self) -> &'a [String] {
        self.clusters.as_ref().map_or(&[], |said| said.value)
    }

    /// The same, if a rule says so: then no other cluster is right.
    pub(crate) fn bound_clusters(&self) -> Option<&'a [String]> {
        let said = self.clusters.as_ref().filter(|said| said.binds())?;
        Some(said.value)
    }

    /// Who says for which clusters the file is.
    pub(crate) fn clusters_said_by(&self) -> Option<String> {
        Some(self.name_of(self.clusters.as_ref()?.by))
    }

    /// The namespace of objects that name none.
    pub(crate) fn namespace(&self) -> Option<&'a str> {
        self.namespace.as_ref().map(|said| said.value)
    }

    /// The scope of Secrets that say none.
    pub(crate) fn scope(&self) -> Option<Scope> {
        self.scope.as_ref().map(|said| said.value)
    }

    /// Where sealed documents are written, below the folder of the configuration, and the folder that `{path}` is
    /// relative to.
    pub(crate) fn output(&self) -> Option<(&'a OutputPattern, &'a Path)> {
        let said = self.output.as_ref()?;
        let base = said
            .by
            .pattern
            .as_ref()
            .map_or_else(|| Path::new(""), Pattern::base);
        Some((said.value, base))
    }

    /// Whether the namespace is not the one that a rule wants. An object that names none contradicts none.
    pub(crate) fn namespace_contradiction(&self, namespace: Option<&str>) -> Option<Contradiction> {
        let said = self.namespace.as_ref().filter(|said| said.binds())?;
        let is = namespace.filter(|is| !is.is_empty() && *is != said.value)?;
        Some(Contradiction {
            what: "its namespace is",
            is: is.to_owned(),
            wanted: said.value.to_owned(),
            by: self.name_of(said.by),
        })
    }

    /// Whether the scope is not the one that a rule wants.
    pub(crate) fn scope_contradiction(&self, scope: Scope) -> Option<Contradiction> {
        let said = self
            .scope
            .as_ref()
            .filter(|said| said.binds() && said.value != scope)?;
        Some(Contradiction {
            what: "its scope is",
            is: scope.to_string(),
            wanted: said.value.to_string(),
            by: self.name_of(said.by),
        })
    }

    fn name_of(&self, by: &RuleEntry) -> String {
        let file = self.file.display();
        match &by.pattern {
            Some(pattern) => format!(
                "rule {} of `{file}` (line {}, path `{}`)",
                by.number,
                by.line,
                pattern.as_str()
            ),
            None => format!("`defaults` of `{file}` (line {})", by.line),
        }
    }
}

impl Contradiction {
    /// What to do about it.
    pub(crate) fn hint() -> &'static str {
        "change the document, or the rule; of the rules that match a file the last one that says it counts"
    }
}
