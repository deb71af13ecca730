//! Case folders under `testdata/`: one folder a case, named after what it shows.

use std::fs;
use std::path::{Path, PathBuf};

use crate::fail::{OrFail, fail};

/// One folder of golden files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    /// The folder's own name.
    pub name: String,
    /// The folder.
    pub path: PathBuf,
}

impl Case {
    /// Returns the text of a file of this case.
    ///
    /// # Panics
    /// When the file is missing or is not UTF-8; the message names it.
    #[track_caller]
    pub fn read(&self, file: &str) -> String {
        let path = self.path.join(file);
        fs::read_to_string(&path)
            .or_fail(|| format!("reading `{}` of the case `{}`", path.display(), self.name))
    }

    /// Returns the text of a file of this case, or `None` when the case has no such file.
    ///
    /// # Panics
    /// When the file is there and cannot be read.
    #[track_caller]
    pub fn find(&self, file: &str) -> Option<String> {
        self.path.join(file).exists().then(|| self.read(file))
    }
}

/// Returns the folder `testdata/` of this repository.
pub fn testdata() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).join("testdata")
}

/// Returns the case folders directly in `relative`, a path under `testdata/`, by name.
///
/// # Panics
/// When there is none: a golden test that finds no case would pass without looking at anything.
#[track_caller]
pub fn dirs(relative: &str) -> Vec<Case> {
    dirs_in(&testdata().join(relative))
}

#[track_caller]
fn dirs_in(folder: &Path) -> Vec<Case> {
    let entries = fs::read_dir(folder).or_fail(|| format!("listing the cases in `{}`", folder.display()));
    let mut cases: Vec<Case> = entries
        .map(|entry| {
            entry
                .or_fail(|| format!("listing the cases in `{}`", folder.display()))
                .path()
        })
        .filter(|path| path.is_dir())
        .filter_map(|path| {
            Some(Case {
                name: path.file_name()?.to_str()?.to_owned(),
                path,
            })
        })
        .collect();
    if cases.is_empty() {
        fail(&format!(
            "listing the cases in `{}`: there is no folder in it",
            folder.display()
        ));
    }
    cases.sort();
    cases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_come_by_name_and_files_beside_them_are_no_cases() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("second")).unwrap();
        fs::create_dir(dir.path().join("first")).unwrap();
        fs::write(dir.path().join("README.md"), "").unwrap();
        fs::write(dir.path().join("first/plan.sql"), "SELECT 1").unwrap();
        let cases = dirs_in(dir.path());
        assert_eq!(
            cases.iter().map(|case| case.name.as_str()).collect::<Vec<_>>(),
            ["first", "second"]
        );
        assert_eq!(cases[0].read("plan.sql"), "SELECT 1");
        assert_eq!(cases[1].find("plan.sql"), None);
    }

    #[test]
    #[should_panic(expected = "there is no folder in it")]
    fn no_case_at_all_is_a_failure() {
        dirs_in(tempfile::tempdir().unwrap().path());
    }
}
