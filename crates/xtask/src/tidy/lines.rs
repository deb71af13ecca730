//! Rust files are short enough to read at one go, tests included.

use super::rust;
use crate::Violation;
use crate::repository::SourceFile;

const MOST: usize = 400;

pub(super) fn violations(files: &[SourceFile]) -> Vec<Violation> {
    rust(files)
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MOST)
        .map(|(path, lines)| {
            Violation::new(
                path,
                format!("has {lines} lines, more than {MOST}: give one of its topics a file"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::check;
    use super::*;

    #[test]
    fn only_the_line_after_the_last_allowed_is_too_many() {
        let (most, more) = ("x\n".repeat(400), "x\n".repeat(401));
        check(
            violations,
            &[("a.rs", &most), ("b.rs", &more), ("c.sql", &more)],
            &["b.rs"],
        );
    }
}
