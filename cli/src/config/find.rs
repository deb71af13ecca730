//! The file, searched for upwards as `.git` is.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::CommandError;

/// Its name.
pub(super) const NAME: &str = ".chancery.yaml";

/// The file in `working` or the nearest folder above it, as a path to open from there. The search ends at the root of
/// the repository (the folder with `.git`), else at the boundary of the file system.
///
/// # Errors
/// When the file that was found belongs to someone else: it decides for which key secrets are sealed.
pub(super) fn find(working: &Path) -> Result<Option<PathBuf>, CommandError> {
    let mut up = PathBuf::new();
    for folder in working.ancestors() {
        if !same_file_system(working, folder) {
            break;
        }
        if folder.join(NAME).is_file() {
            let found = up.join(NAME);
            check_owner(working, &folder.join(NAME), &found)?;
            return Ok(Some(found));
        }
        if fs::symlink_metadata(folder.join(".git")).is_ok() {
            break;
        }
        up.push("..");
    }
    Ok(None)
}

#[cfg(unix)]
fn same_file_system(working: &Path, folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| fs::metadata(path).map(|about| about.dev()).ok();
    device(working) == device(folder)
}

#[cfg(not(unix))]
fn same_file_system(_: &Path, _: &Path) -> bool {
    true
}

/// In a folder that everyone can write to, as `/tmp`, anyone could lay a file above a user's own folders, and name a
/// certificate of theirs in it. So the file must belong to the owner of the working directory, or to root.
#[cfg(unix)]
fn check_owner(working: &Path, file: &Path, shown: &Path) -> Result<(), CommandError> {
    use std::os::unix::fs::MetadataExt as _;
    let owner = |path: &Path| fs::metadata(path).map(|about| about.uid()).ok();
    let of_file = owner(file);
    if of_file == Some(0) || of_file == owner(working) {
        return Ok(());
    }
    Err(CommandError::message(format!(
        "`{}` belongs to another user than the folder that you are in",
        shown.display()
    ))
    .hint(format!(
        "if it is to be trusted, name it: --config {}",
        shown.display()
    )))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix, where there are owners")]
fn check_owner(_: &Path, _: &Path, _: &Path) -> Result<(), CommandError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[&str], working: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        // The search must not leave the test's own folder.
        fs::create_dir(root.join(".git")).unwrap();
        fs::create_dir_all(root.join("a/b/c")).unwrap();
        for file in files {
            fs::write(root.join(file), "").unwrap();
        }
        find(&root.join(working))
            .unwrap()
            .map(|path| path.display().to_string())
    }

    #[test]
    fn the_nearest_file_above_counts() {
        let files = ["a/.chancery.yaml", ".chancery.yaml"];
        assert_eq!(found(&files, "").as_deref(), Some(".chancery.yaml"));
        assert_eq!(found(&files, "a/b/c").as_deref(), Some("../../.chancery.yaml"));
    }

    #[test]
    fn the_search_ends_at_the_root_of_the_repository() {
        // A worktree and a submodule have a file of that name.
        assert_eq!(found(&[".chancery.yaml", "a/b/.git"], "a/b/c"), None);
        assert_eq!(
            found(&["a/b/.chancery.yaml", "a/b/.git"], "a/b/c").as_deref(),
            Some("../.chancery.yaml")
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_another_user_is_refused() {
        // Needs two owners: root can make them, and anyone else owns none of root's files, which are trusted.
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir(root.join("mine")).unwrap();
        fs::write(root.join(NAME), "").unwrap();
        if std::os::unix::fs::chown(root.join(NAME), Some(4321), None).is_ok() {
            let error = find(&root.join("mine")).unwrap_err();
            assert!(error.causes()[0].contains("belongs to another user"));
            assert!(error.hints()[0].contains("--config ../.chancery.yaml"));
        } else {
            assert!(find(&root.join("mine")).unwrap().is_some());
        }
    }
}
