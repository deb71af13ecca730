//! Whether Git has files of a store.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::LocalError;

/// Returns one file below `root` that is in the index of the work tree around it, or `None`.
/// Git is only asked when there is a work tree at all.
///
/// # Errors
/// [`LocalError::Unknown`] when Git does not answer (it is not installed, or refuses a work tree of
/// another user) and the store's own `.gitignore` does not keep it out of commits either.
pub(super) fn tracked_file(root: &Path) -> Result<Option<String>, LocalError> {
    let absolute = fs::canonicalize(root).map_err(|source| LocalError::access(root, source))?;
    if !absolute.ancestors().any(|folder| folder.join(".git").exists()) {
        return Ok(None);
    }
    let answer = Command::new("git")
        .arg("-C")
        .arg(&absolute)
        .args(["ls-files", "-z", "--cached", "--", "."])
        // A hook of another repository sets these; they would be asked instead.
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    match answer {
        Ok(answer) if answer.status.success() => {
            let first = answer.stdout.split(|&byte| byte == 0).next().unwrap_or_default();
            Ok((!first.is_empty()).then(|| String::from_utf8_lossy(first).into_owned()))
        }
        _ => {
            let ignored = fs::read_to_string(absolute.join(".gitignore"))
                .is_ok_and(|text| text.lines().any(|line| line.trim() == "*"));
            if ignored {
                Ok(None)
            } else {
                Err(LocalError::Unknown {
                    root: root.to_owned(),
                })
            }
        }
    }
}
