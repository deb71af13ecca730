//! Modules are named after what is in them; these names say nothing, so everything ends up there.

use std::collections::BTreeSet;

use crate::Violation;
use crate::repository::SourceFile;

const EMPTY: [&str; 7] = ["utils", "util", "common", "helpers", "manager", "misc", "prelude"];

pub(super) fn violations(files: &[SourceFile]) -> Vec<Violation> {
    let mut found = BTreeSet::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        for part in file.path.trim_end_matches(".rs").split('/') {
            if EMPTY.contains(&part) || is_version(part) {
                found.insert(Violation::new(
                    &file.path,
                    format!("`{part}` does not say what is in it: take a name from the field"),
                ));
            }
        }
    }
    found.into_iter().collect()
}

/// Returns whether the name is `v2` or a later one; `v1` and `v1alpha1` are names that Kubernetes gives.
fn is_version(name: &str) -> bool {
    name.strip_prefix('v')
        .and_then(|number| number.parse::<u32>().ok())
        .is_some_and(|number| number >= 2)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::check;
    use super::*;

    #[test]
    fn names_that_say_nothing_are_found_as_file_and_as_folder() {
        check(
            violations,
            &[
                ("crates/api/src/common/mod.rs", ""),
                ("crates/api/src/utils.rs", ""),
                ("crates/api/src/v1.rs", ""),
                ("crates/api/src/v2.rs", ""),
                ("crates/schema/src/plan/hazard.rs", ""),
            ],
            &[
                "crates/api/src/common/mod.rs",
                "crates/api/src/utils.rs",
                "crates/api/src/v2.rs",
            ],
        );
    }
}
