//! Engines have the same files, so that who knows one finds the way in the others.

use std::collections::{BTreeMap, BTreeSet};

use crate::Violation;
use crate::repository::SourceFile;

/// Files that one engine has alone, because its server forces them; with what is below them. Everything else has
/// a counterpart.
const OWN: &[(&str, &str)] = &[
    // SQLite's catalog is the text of CREATE statements, which pragmas only check.
    ("sqlite", "catalog/create_table"),
    ("sqlite", "catalog/create_index"),
    ("sqlite", "catalog/cursor"),
    ("sqlite", "catalog/rows"),
    ("sqlite", "catalog/dependents"),
    // Most changes are a new table under the old name (SQLite, "Making other kinds of table schema changes"), with
    // foreign keys off, so that what the server checks elsewhere is checked at the end.
    ("sqlite", "render/rebuild"),
    ("sqlite", "render/additions"),
    ("sqlite", "render/words"),
    ("sqlite", "integrity"),
    // Postgres has types that only the server knows, and can be asked what an expression means.
    ("postgres", "probe"),
    ("postgres", "resolve/types"),
    // Only Postgres has schemas, so only its journal can be in one of its own or beside the tables.
    ("postgres", "journal/place"),
    // MySQL and MariaDB tell defaults in the text of SHOW CREATE TABLE alone, of temporary tables too.
    ("mysql", "probe"),
    ("mysql", "catalog/show_create"),
    ("mysql", "catalog/column"),
    ("mysql", "catalog/index"),
    ("mysql", "catalog/view"),
    // Texts have a character set and a collation at every level, whose names and defaults are the server's.
    ("mysql", "lower/charset"),
    ("mysql", "resolve/collations"),
    // Its types have modifiers and literals of their own grammar; names of columns have no case.
    ("mysql", "lower/types/parse"),
    ("mysql", "lower/default/literal"),
    ("mysql", "lower/column"),
    ("mysql", "lower/live"),
    ("mysql", "lower/references"),
    // Every ALTER states an algorithm and a lock.
    ("mysql", "render/way"),
    ("mysql", "render/conversion/number"),
    // SchemaHero's manifests hold the DSN of a Go driver beside URLs.
    ("mysql", "target/dsn"),
    ("mysql", "target/tls"),
];

pub(super) fn violations(files: &[SourceFile]) -> Vec<Violation> {
    let mut engines: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let Some(path) = file.path.strip_prefix("crates/schema-") else {
            continue;
        };
        if let Some((engine, module)) = path.split_once("/src/") {
            let modules = engines.entry(engine).or_default();
            if !is_own(engine, module) && !is_unit_tests(module) {
                modules.insert(module);
            }
        }
    }
    let all: BTreeSet<&str> = engines.values().flatten().copied().collect();
    engines
        .iter()
        .flat_map(|(engine, modules)| {
            all.difference(modules).map(move |module| {
                Violation::new(
                    format!("crates/schema-{engine}/src/{module}"),
                    "is missing: another engine has a file of this name",
                )
            })
        })
        .collect()
}

fn is_own(engine: &str, module: &str) -> bool {
    OWN.iter().any(|(owner, own)| {
        let rest = module.strip_prefix(own);
        *owner == engine && rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    })
}

/// Unit tests move to a file of their own when they grow, in one engine and not in the other.
fn is_unit_tests(module: &str) -> bool {
    module
        .split('/')
        .any(|part| part == "tests.rs" || part == "tests")
}

#[cfg(test)]
mod tests {
    use super::super::fixture::check;
    use super::*;

    #[test]
    fn a_file_that_one_engine_lacks_is_found() {
        check(
            violations,
            &[
                ("crates/schema-postgres/src/render/table.rs", ""),
                ("crates/schema-postgres/src/render/index.rs", ""),
                ("crates/schema-postgres/src/catalog/queries/tables.sql", ""),
                ("crates/schema-sqlite/src/render/table.rs", ""),
                ("crates/schema-sqlite/src/render/quote.rs", ""),
                ("crates/schema/src/plan.rs", ""),
            ],
            &[
                "crates/schema-postgres/src/render/quote.rs",
                "crates/schema-sqlite/src/render/index.rs",
            ],
        );
    }

    #[test]
    fn unit_tests_and_what_an_engine_has_to_have_alone_need_no_counterpart() {
        check(
            violations,
            &[
                ("crates/schema-postgres/src/error.rs", ""),
                ("crates/schema-sqlite/src/error.rs", ""),
                ("crates/schema-sqlite/src/error/tests.rs", ""),
                ("crates/schema-sqlite/src/render/rebuild.rs", ""),
                ("crates/schema-sqlite/src/catalog/create_table/column.rs", ""),
            ],
            &[],
        );
        check(
            violations,
            &[
                ("crates/schema-postgres/src/render/rebuild.rs", ""),
                ("crates/schema-sqlite/src/error.rs", ""),
            ],
            &[
                "crates/schema-postgres/src/error.rs",
                "crates/schema-sqlite/src/render/rebuild.rs",
            ],
        );
    }
}
