//! Finding manifests in a tree of files: a repository, or a part of it.

mod contents;
mod helm;
mod kustomization;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

pub(crate) use self::contents::{Contents, LeftAlone};
pub(crate) use self::helm::is_in_object as is_helm_template;
use self::kustomization::{Kustomization, Namespaces};
pub(crate) use self::walk::{Walked, walk};
use crate::error::CommandError;

/// What was found below some paths.
#[derive(Default)]
pub(crate) struct Tree {
    /// Each file once, in the order of the paths.
    pub(crate) files: Vec<TreeFile>,
    /// What could not be looked at; it doesn't stop the rest.
    pub(crate) problems: Vec<Problem>,
}

/// A folder or kustomization that can't be read.
pub(crate) struct Problem {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What is wrong with it.
    pub(crate) error: CommandError,
}

/// A file that may hold manifests.
#[derive(Clone, Debug)]
pub(crate) struct TreeFile {
    /// Its path for messages: as it was given or found.
    pub(crate) path: PathBuf,
    /// Its real path, links followed: what is to be replaced.
    pub(crate) place: PathBuf,
    namespaces: Vec<String>,
    below_templates: bool,
    /// Whether it was found only because a kustomization names it.
    named_only: bool,
    dangling: bool,
}

/// Finds the files: a path that is a file itself, whatever its name; below a folder the `*.yaml`, `*.yml` and
/// `*.json`, hidden ones left out, and what kustomizations there name inside of that folder, whatever its ending.
///
/// # Errors
/// When a path isn't there, or is neither a file nor a folder.
pub(crate) fn find(paths: &[PathBuf]) -> Result<Tree, CommandError> {
    let mut tree = Tree::default();
    let mut found = Found::default();
    for path in paths {
        let doing = || format!("cannot open `{}`", path.display());
        let about = fs::metadata(path).with_context(doing)?;
        if about.is_file() {
            found.add(path);
            found.given_kustomization(path);
        } else if about.is_dir() {
            let Walked {
                manifests,
                kustomizations,
                problems,
            } = walk(path);
            for manifest in &manifests {
                found.add(manifest);
            }
            found
                .roots
                .insert(fs::canonicalize(path).with_context(doing)?, path.clone());
            found.kustomizations.extend(kustomizations);
            tree.problems.extend(problems);
        } else {
            return Err(CommandError::usage(format!(
                "`{}` is neither a file nor a folder",
                path.display()
            )));
        }
    }
    let mut kustomizations = Vec::new();
    for path in &found.kustomizations {
        match Kustomization::read(path) {
            Ok(read) => kustomizations.push(read),
            Err(error) => tree.problems.push(Problem {
                path: path.clone(),
                error,
            }),
        }
    }
    for place in kustomizations.iter().flat_map(|read| &read.files) {
        found.add_named(place);
    }
    let namespaces = Namespaces::of(&kustomizations);
    tree.files = found
        .files
        .into_iter()
        .map(|(place, (path, named_only))| TreeFile {
            namespaces: namespaces.of_file(&place),
            below_templates: helm::is_below_templates(&place),
            dangling: !place.exists(),
            path,
            place,
            named_only,
        })
        .collect();
    tree.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(tree)
}

#[derive(Default)]
struct Found {
    /// By real path: the path for messages, and whether only a kustomization names it.
    files: BTreeMap<PathBuf, (PathBuf, bool)>,
    kustomizations: BTreeSet<PathBuf>,
    /// The folders that are searched, by their real path.
    roots: BTreeMap<PathBuf, PathBuf>,
}

impl Found {
    fn add(&mut self, path: &Path) {
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        self.files
            .entry(place)
            .or_insert_with(|| (path.to_owned(), false));
    }

    /// A file that was named alone may get its namespace from the kustomization beside it.
    fn given_kustomization(&mut self, file: &Path) {
        let place = fs::canonicalize(file).ok();
        let beside = place
            .as_deref()
            .and_then(Path::parent)
            .and_then(kustomization::of_folder);
        self.kustomizations.extend(beside);
    }

    /// Outside of what was asked for nothing is touched, even where a kustomization reaches there.
    fn add_named(&mut self, place: &Path) {
        let root = self
            .roots
            .iter()
            .find_map(|(root, shown)| Some((shown, place.strip_prefix(root).ok()?)));
        if let Some((shown, below)) = root {
            let path = shown.join(below);
            self.files.entry(place.to_owned()).or_insert((path, true));
        }
    }
}

impl TreeFile {
    /// The namespace that kustomizations give to what the file holds: those that name it, else the one in its
    /// folder.
    ///
    /// # Errors
    /// When they give different ones.
    pub(crate) fn kustomization_namespace(&self) -> Result<Option<&str>, CommandError> {
        match self.namespaces.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            several => Err(CommandError::message(format!(
                "kustomizations put `{}` into different namespaces: {}",
                self.path.display(),
                several.join(", ")
            ))
            .hint("write `metadata.namespace` into the document, or name one with --namespace")),
        }
    }
}
