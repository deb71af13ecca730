//! Only the registry of engines decides by engine: everything else asks the engine.

use super::{rust, without_tests};
use crate::Violation;
use crate::repository::SourceFile;

/// The one registry.
const REGISTRY: &str = "crates/migrate/src/engines.rs";

/// Puts the name together, so that this file does not hold what it looks for.
fn path() -> String {
    ["Engine", "Kind::"].concat()
}

pub(super) fn violations(files: &[SourceFile]) -> Vec<Violation> {
    rust(files)
        .filter(|(path, _)| *path != REGISTRY && !path.contains("/tests/"))
        .flat_map(|(path, text)| {
            let lines = without_tests(text).lines().enumerate();
            lines.filter(|(_, line)| decides(line)).map(move |(number, _)| {
                Violation::new(
                    format!("{path}:{}", number + 1),
                    format!("decides by engine; only {REGISTRY} does: make it a method of the engine"),
                )
            })
        })
        .collect()
}

/// Returns whether a line matches on the engine's kind: as the pattern of a `match` arm, of `matches!`, of `if let`
/// or in a comparison. Making such a value is no decision.
fn decides(line: &str) -> bool {
    let line = line.trim();
    let kind = path();
    if line.starts_with("//") || !line.contains(&kind) {
        return false;
    }
    let is_arm = line
        .split_once("=>")
        .is_some_and(|(pattern, _)| pattern.contains(&kind));
    let is_alternative = line.starts_with(&format!("| {kind}"));
    let is_tested = ["matches!(", "if let ", "while let ", "let else"]
        .iter()
        .any(|word| line.contains(word))
        || line.contains(&format!("== {kind}"))
        || line.contains(&format!("!= {kind}"));
    is_arm || is_alternative || is_tested
}

#[cfg(test)]
mod tests {
    use super::super::fixture::check;
    use super::*;

    fn source(template: &str) -> String {
        template.replace("KIND", path().trim_end_matches("::"))
    }

    #[test]
    fn decisions_outside_the_registry_are_found() {
        let arm = source("match kind {\n    KIND::Postgres => 1,\n}\n");
        let test = source("if matches!(kind, KIND::Sqlite) {}\n");
        let comparison = source("if kind == KIND::Sqlite {}\n");
        check(
            violations,
            &[
                ("cli/src/commands/plan.rs", &arm),
                ("controller/src/table/decide.rs", &test),
                ("crates/migrate/src/plan.rs", &comparison),
                (REGISTRY, &arm),
            ],
            &[
                "cli/src/commands/plan.rs:2",
                "controller/src/table/decide.rs:1",
                "crates/migrate/src/plan.rs:1",
            ],
        );
    }

    #[test]
    fn making_a_value_is_no_decision() {
        let made = source("let kind = KIND::Postgres;\n// match KIND::Postgres => no\nopen(KIND::Sqlite)\n");
        let in_a_result = source("    \"postgres\" => KIND::Postgres,\n");
        let tested = source("#[cfg(test)]\nmod tests { KIND::Sqlite => 1 }\n");
        check(
            violations,
            &[("a.rs", &made), ("b.rs", &in_a_result), ("c.rs", &tested)],
            &[],
        );
    }
}
