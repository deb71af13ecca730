//! The generated manifests in `crds/`, compared with what the types say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::Violation;

/// What has to be run when the manifests are out of date.
const COMMAND: &str = "cargo xtask crds";

/// Returns which files of `folder` differ from `generated` (file name to text), are missing or are left over.
///
/// # Errors
/// When a file cannot be read.
pub fn violations(folder: &Path, generated: &BTreeMap<String, String>) -> Result<Vec<Violation>> {
    let present = present(folder)?;
    let mut found = Vec::new();
    for (name, text) in generated {
        let place = format!("crds/{name}");
        match present.contains(name) {
            false => found.push(Violation::new(place, format!("is missing: run `{COMMAND}`"))),
            true if read(folder, name)? != *text => {
                found.push(Violation::new(
                    place,
                    format!("differs from the types of crates/api: run `{COMMAND}`"),
                ));
            }
            true => {}
        }
    }
    for name in present.iter().filter(|name| !generated.contains_key(*name)) {
        found.push(Violation::new(
            format!("crds/{name}"),
            format!("has no type in crates/api: run `{COMMAND}`"),
        ));
    }
    Ok(found)
}

/// Makes `folder` hold exactly the generated files.
///
/// # Errors
/// When a file cannot be written or removed.
pub fn write(folder: &Path, generated: &BTreeMap<String, String>) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("making `{}`", folder.display()))?;
    for (name, text) in generated {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("writing `{}`", path.display()))?;
    }
    for name in present(folder)?
        .iter()
        .filter(|name| !generated.contains_key(*name))
    {
        let path = folder.join(name);
        fs::remove_file(&path).with_context(|| format!("removing `{}`", path.display()))?;
    }
    Ok(())
}

/// Returns the names of the YAML files in a folder that may be missing.
fn present(folder: &Path) -> Result<BTreeSet<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(error).with_context(|| format!("listing `{}`", folder.display())),
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        let name = entry
            .with_context(|| format!("listing `{}`", folder.display()))?
            .file_name();
        names.extend(
            name.to_str()
                .filter(|name| {
                    Path::new(name)
                        .extension()
                        .is_some_and(|extension| extension == "yaml")
                })
                .map(str::to_owned),
        );
    }
    Ok(names)
}

fn read(folder: &Path, name: &str) -> Result<String> {
    let path = folder.join(name);
    fs::read_to_string(&path).with_context(|| format!("reading `{}`", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated() -> BTreeMap<String, String> {
        BTreeMap::from([
            ("a.yaml".to_owned(), "a: 1\n".to_owned()),
            ("b.yaml".to_owned(), "b: 1\n".to_owned()),
        ])
    }

    #[test]
    fn a_changed_a_missing_and_a_left_over_file_are_named_with_the_command() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.yaml"), "a: 2\n").unwrap();
        fs::write(dir.path().join("c.yaml"), "").unwrap();
        let found = violations(dir.path(), &generated()).unwrap();
        let places: Vec<&str> = found.iter().map(|violation| violation.place.as_str()).collect();
        assert_eq!(places, ["crds/a.yaml", "crds/b.yaml", "crds/c.yaml"]);
        assert!(
            found
                .iter()
                .all(|violation| violation.message.contains("cargo xtask crds"))
        );
    }

    #[test]
    fn what_was_written_is_up_to_date() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("crds");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("c.yaml"), "").unwrap();
        write(&folder, &generated()).unwrap();
        assert_eq!(violations(&folder, &generated()).unwrap(), []);
    }
}
