//! Every file under `tests/` is a module of a test program: Cargo is silent about one that is not, and its
//! tests never run.

use super::rust;
use crate::Violation;
use crate::repository::SourceFile;

pub(super) fn violations(files: &[SourceFile]) -> Vec<Violation> {
    rust(files)
        .filter_map(|(path, _)| {
            let (package, inside) = path.split_once("/tests/")?;
            // `tests/it.rs` and `tests/it/main.rs` are programs.
            let parts: Vec<&str> = inside.trim_end_matches(".rs").split('/').collect();
            if package.contains("/src") || parts.len() == 1 || (parts.len() == 2 && parts[1] == "main") {
                return None;
            }
            let (module, parents) = parents(package, &parts)?;
            let declared = parents
                .iter()
                .any(|parent| rust(files).any(|(path, text)| path == parent && declares(text, module)));
            (!declared).then(|| {
                Violation::new(
                    path,
                    format!(
                        "is no module: declare `mod {module};` in {}",
                        parents.join(" or ")
                    ),
                )
            })
        })
        .collect()
}

/// Returns the module's name and the files that may declare it.
fn parents<'a>(package: &str, parts: &[&'a str]) -> Option<(&'a str, Vec<String>)> {
    let (name, folders) = parts.split_last()?;
    let (module, folders) = if *name == "mod" {
        let (module, folders) = folders.split_last()?;
        (*module, folders)
    } else {
        (*name, folders)
    };
    let folder = format!("{package}/tests/{}", folders.join("/"));
    let mut files = vec![format!("{folder}/mod.rs")];
    if folders.len() == 1 {
        files.insert(0, format!("{folder}/main.rs"));
    } else {
        files.push(format!("{folder}.rs"));
    }
    Some((module, files))
}

fn declares(text: &str, module: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim();
        let line = line
            .strip_prefix("pub ")
            .or_else(|| line.strip_prefix("pub(crate) "))
            .unwrap_or(line);
        line == format!("mod {module};")
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::check;
    use super::*;

    #[test]
    fn a_test_file_that_no_module_declares_is_found() {
        check(
            violations,
            &[
                ("cli/tests/it/main.rs", "mod seal;\nmod plan;\n"),
                ("cli/tests/it/seal.rs", ""),
                ("cli/tests/it/forgotten.rs", ""),
                ("cli/tests/it/plan/mod.rs", "mod hazards;\n// mod held;\n"),
                ("cli/tests/it/plan/hazards.rs", ""),
                ("cli/tests/it/plan/held.rs", ""),
            ],
            &["cli/tests/it/forgotten.rs", "cli/tests/it/plan/held.rs"],
        );
    }

    #[test]
    fn programs_and_modules_beside_their_folder_are_fine() {
        check(
            violations,
            &[
                ("cli/tests/smoke.rs", ""),
                ("cli/tests/it/main.rs", "mod plan;"),
                ("cli/tests/it/plan.rs", "mod held;"),
                ("cli/tests/it/plan/held.rs", ""),
                ("cli/src/tests/unit.rs", ""),
            ],
            &[],
        );
    }
}
