//! The intermediate form of a schema is no format: it can change freely because nobody can write it down.

use super::rust;
use crate::Violation;
use crate::repository::SourceFile;

pub(super) fn violations(files: &[SourceFile]) -> Vec<Violation> {
    rust(files)
        .filter(|(path, _)| path.starts_with("crates/schema/src/ir/") || *path == "crates/schema/src/ir.rs")
        .flat_map(|(path, text)| {
            let lines = text.lines().enumerate();
            lines
                .filter(|(_, line)| is_serialised(line))
                .map(move |(number, _)| {
                    Violation::new(
                        format!("{path}:{}", number + 1),
                        "uses serde: what is written or read is a type of `declared` or of a report",
                    )
                })
        })
        .collect()
}

fn is_serialised(line: &str) -> bool {
    let line = line.trim();
    !line.starts_with("//")
        && line
            .split(|character: char| !(character.is_alphanumeric() || character == '_'))
            .any(|word| matches!(word, "serde" | "Serialize" | "Deserialize" | "serde_json"))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::check;
    use super::*;

    #[test]
    fn serde_is_found_in_the_intermediate_form_alone() {
        check(
            violations,
            &[
                (
                    "crates/schema/src/ir/table.rs",
                    "// no serde here\n#[derive(Clone, Serialize)]\n",
                ),
                ("crates/schema/src/ir/index.rs", "use serde::Deserialize;\n"),
                ("crates/schema/src/declared/table.rs", "use serde::Deserialize;\n"),
            ],
            &[
                "crates/schema/src/ir/table.rs:2",
                "crates/schema/src/ir/index.rs:1",
            ],
        );
    }
}
