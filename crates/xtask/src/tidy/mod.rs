//! The shape of files and folders, one rule a file. Each rule looks at the files of the repository as text and
//! returns what it found.

mod declared_tests;
mod engine_kinds;
mod engine_trees;
mod lines;
mod names;
mod places;
mod pure_ir;
mod root_folder;

use crate::Violation;
use crate::repository::SourceFile;

/// Returns what all rules find, by place.
pub fn violations(files: &[SourceFile]) -> Vec<Violation> {
    let rules = [
        lines::violations,
        names::violations,
        places::violations,
        declared_tests::violations,
        engine_trees::violations,
        engine_kinds::violations,
        pure_ir::violations,
        root_folder::violations,
    ];
    let mut found: Vec<Violation> = rules.iter().flat_map(|rule| rule(files)).collect();
    found.sort();
    found
}

/// Returns the Rust files and their text.
fn rust(files: &[SourceFile]) -> impl Iterator<Item = (&str, &str)> {
    files
        .iter()
        .filter(|file| file.is_rust())
        .filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
}

/// Returns the text before the first unit test, so that rules on code leave tests alone.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

#[cfg(test)]
mod fixture {
    use super::{SourceFile, Violation};

    /// Checks the places that a rule finds in files given as (path, text).
    #[track_caller]
    pub(super) fn check(
        rule: fn(&[SourceFile]) -> Vec<Violation>,
        files: &[(&str, &str)],
        expected: &[&str],
    ) {
        let files: Vec<SourceFile> = files
            .iter()
            .map(|(path, text)| SourceFile {
                path: (*path).to_owned(),
                text: Some((*text).to_owned()),
            })
            .collect();
        let found = rule(&files);
        assert_eq!(
            found
                .iter()
                .map(|violation| violation.place.as_str())
                .collect::<Vec<_>>(),
            expected,
            "{found:?}"
        );
    }
}
