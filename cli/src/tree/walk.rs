//! What is in a folder, at any depth.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Problem;
use super::kustomization;

/// What a folder is searched for.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// What was found, in the order of the paths.
#[derive(Default)]
pub(crate) struct Walked {
    /// Files with the ending of a manifest, also links that lead nowhere.
    pub(crate) manifests: Vec<PathBuf>,
    /// Kustomizations; those with an ending are manifests too.
    pub(crate) kustomizations: Vec<PathBuf>,
    /// Folders that can't be searched.
    pub(crate) problems: Vec<Problem>,
}

/// Searches a folder. Names that begin with a dot are left out, and links to folders are not followed: they can
/// lead back to where the search came from.
pub(crate) fn walk(folder: &Path) -> Walked {
    let mut walked = Walked::default();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if let Err(error) = list(&folder, &mut folders, &mut walked) {
            walked.problems.push(Problem {
                path: folder,
                error: error.into(),
            });
        }
    }
    walked.manifests.sort();
    walked.kustomizations.sort();
    walked.problems.sort_by(|a, b| a.path.cmp(&b.path));
    walked
}

fn list(folder: &Path, folders: &mut Vec<PathBuf>, walked: &mut Walked) -> anyhow::Result<()> {
    let doing = || format!("cannot search the folder `{}`", folder.display());
    for entry in fs::read_dir(folder).with_context(doing)? {
        let entry = entry.with_context(doing)?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        let kind = entry.file_type().with_context(doing)?;
        if kind.is_dir() {
            folders.push(path);
        } else if kind.is_file() || (kind.is_symlink() && may_be_a_file(&path)) {
            if kustomization::is_one(&path) {
                walked.kustomizations.push(path.clone());
            }
            if is_manifest(&path) {
                walked.manifests.push(path);
            }
        }
    }
    Ok(())
}

/// A link to a pipe would be waited for; one that leads nowhere is for the reader to report.
fn may_be_a_file(link: &Path) -> bool {
    fs::metadata(link).map_or(true, |about| about.is_file())
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        EXTENSIONS
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}
