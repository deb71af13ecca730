//! Text is fit for every machine: no space at the end of a line, no path of one machine, no host of a package
//! registry.

use crate::Violation;
use crate::repository::SourceFile;

/// Put together here, so that this file does not hold what it looks for.
fn foreign() -> Vec<(String, &'static str)> {
    let path = "is a path of one machine";
    let host = "is the host of a package registry: clients know theirs";
    [
        (["/wo", "rk/"].concat(), path),
        (["/ro", "ot/"].concat(), path),
        (["/ho", "me/"].concat(), path),
        (["/Us", "ers/"].concat(), path),
        (["static.crates", ".io"].concat(), host),
        (["index.crates", ".io"].concat(), host),
        (["proxy.golang", ".org"].concat(), host),
        (["registry.npmjs", ".org"].concat(), host),
        (["files.pythonhosted", ".org"].concat(), host),
        (["repo1.maven", ".org"].concat(), host),
        (["repo.maven.apache", ".org"].concat(), host),
        (["deb.debian", ".org"].concat(), host),
    ]
    .to_vec()
}

/// Golden files hold what another program printed, to the byte.
fn is_data(path: &str) -> bool {
    path.starts_with("testdata/")
}

/// Cargo and Go write these; hosts in them are theirs.
fn is_generated(path: &str) -> bool {
    path == "Cargo.lock" || path.ends_with("/go.sum") || path.ends_with("/go.mod") || path == "LICENSE"
}

pub(super) fn violations(files: &[SourceFile]) -> Vec<Violation> {
    let foreign = foreign();
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !is_generated(&file.path)) {
        for (number, line) in file.text.as_deref().unwrap_or_default().lines().enumerate() {
            let place = format!("{}:{}", file.path, number + 1);
            if line.ends_with([' ', '\t']) && !is_data(&file.path) {
                found.push(Violation::new(&place, "ends with a space or a tab: remove it"));
            }
            found.extend(
                foreign
                    .iter()
                    .filter(|(text, _)| holds(line, text))
                    .map(|(text, why)| Violation::new(&place, format!("`{text}` {why}"))),
            );
        }
    }
    found
}

/// Returns whether `text` is in `line` where a path or host begins, not in the middle of a word or path.
fn holds(line: &str, text: &str) -> bool {
    line.match_indices(text).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|character| character.is_alphanumeric() || "_-.".contains(character))
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::check;
    use super::*;

    #[test]
    fn a_space_at_the_end_is_found_except_in_golden_files() {
        check(
            violations,
            &[("a.rs", "one\ntwo \n"), ("testdata/cli/out.txt", "two \n")],
            &["a.rs:2"],
        );
    }

    #[test]
    fn paths_of_one_machine_and_registry_hosts_are_found() {
        let path = format!("open(\"{}main\")\n", ["/wo", "rk/"].concat());
        let host = format!("https://{}/x\n", ["static.crates", ".io"].concat());
        check(
            violations,
            &[("a.rs", &path), ("b.md", &host), ("Cargo.lock", &host)],
            &["a.rs:1", "b.md:1"],
        );
    }

    #[test]
    fn the_same_letters_inside_a_longer_path_are_fine() {
        let line = format!("see src{}loop.rs\n", ["/wo", "rk/"].concat());
        check(violations, &[("a.rs", &line)], &[]);
    }
}
