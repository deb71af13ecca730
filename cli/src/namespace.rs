//! The namespace of a SealedSecret whose file doesn't name it.

use std::path::Path;
use std::slice;

use api::sealed_secret::SealedSecret;
use sealing::Scope;

use crate::config::Config;
use crate::error::CommandError;
use crate::tree;

/// What is asked for the namespace that an object doesn't name.
#[derive(Clone, Copy)]
pub(crate) struct NamespaceLookup<'a> {
    /// `--namespace`.
    pub(crate) asked: Option<&'a str>,
    /// `.chancery.yaml`.
    pub(crate) config: Option<&'a Config>,
}

/// Whether the object names its namespace.
pub(crate) fn is_named(sealed: &SealedSecret) -> bool {
    let named = sealed.metadata.namespace.as_deref();
    named.is_some_and(|name| !name.is_empty())
}

/// Whether the items open in any namespace.
pub(crate) fn is_cluster_wide(sealed: &SealedSecret) -> bool {
    manifests::scope::of_sealed_secret(&sealed.metadata) == Scope::ClusterWide
}

/// What the kustomization says that takes a file in.
///
/// # Errors
/// When it can't be read, or kustomizations differ.
pub(crate) fn of_kustomization(path: &Path) -> Result<Option<String>, CommandError> {
    let tree = tree::find(slice::from_ref(&path.to_owned()))?;
    if let Some(problem) = tree.problems.into_iter().next() {
        return Err(problem.error);
    }
    match tree.files.first() {
        Some(file) => Ok(file.kustomization_namespace()?.map(str::to_owned)),
        None => Ok(None),
    }
}

impl NamespaceLookup<'_> {
    /// The namespace of an object of that file that names none: that of the flag, of the file's rule, of its
    /// kustomization. `path` is `None` for standard input.
    ///
    /// # Errors
    /// When nothing says it, and what `kustomization` fails with.
    pub(crate) fn find(
        &self,
        path: Option<&Path>,
        kustomization: impl FnOnce() -> Result<Option<String>, CommandError>,
    ) -> Result<String, CommandError> {
        if let Some(name) = self.asked {
            return Ok(name.to_owned());
        }
        let rule = self.config.map(|config| match path {
            Some(path) => config.rule_for(path),
            None => config.rule_for_none(),
        });
        if let Some(name) = rule.and_then(|rule| rule.namespace()) {
            return Ok(name.to_owned());
        }
        kustomization()?.ok_or_else(|| {
            CommandError::message("it names no namespace, and without one its items can't be opened").hint(
                "write `metadata.namespace`, name one with --namespace, or give a rule in .chancery.yaml or \
                 `namespace:` in the kustomization that takes the file in",
            )
        })
    }
}
