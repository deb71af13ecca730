//! The root folder has what the design lists.

use std::collections::BTreeSet;

use crate::Violation;
use crate::repository::SourceFile;

const ENTRIES: [&str; 15] = [
    // What a visitor reads.
    "Cargo.toml",
    "Cargo.lock",
    "LICENSE",
    "README.md",
    "cli",
    "controller",
    "crates",
    "crds",
    "testdata",
    // What tools read.
    ".cargo",
    ".ci",
    ".clippy.toml",
    ".config",
    ".deny.toml",
    ".github",
];

/// Settings of Git and rustfmt, and the hooks that pre-commit offers to other repositories: they look in the root alone.
const SETTINGS: [&str; 4] = [
    ".gitignore",
    ".gitattributes",
    ".rustfmt.toml",
    ".pre-commit-hooks.yaml",
];

pub(super) fn violations(files: &[SourceFile]) -> Vec<Violation> {
    let entries: BTreeSet<&str> = files
        .iter()
        .filter_map(|file| file.path.split('/').next())
        .collect();
    entries
        .into_iter()
        .filter(|entry| !ENTRIES.contains(entry) && !SETTINGS.contains(entry))
        .map(|entry| {
            Violation::new(
                entry,
                "is not in the list of the root folder: find it a place in one of its folders",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::check;
    use super::*;

    #[test]
    fn a_new_entry_of_the_root_is_found_once() {
        check(
            violations,
            &[
                ("scripts/a.sh", ""),
                ("scripts/b.sh", ""),
                ("crates/api/src/lib.rs", ""),
                (".gitignore", ""),
            ],
            &["scripts"],
        );
    }
}
