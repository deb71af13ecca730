//! Files that kustomizations make Secrets of.

use std::path::Path;

use manifests::verify::{Finding, Generated};

use crate::input;

/// Whether kustomize takes a file of this name for a kustomization.
pub(super) fn is_kustomization(path: &Path) -> bool {
    ["kustomization.yaml", "kustomization.yml", "Kustomization"]
        .iter()
        .any(|name| path.file_name().is_some_and(|found| found == *name))
}

/// What is to be said of the files that are there and have values. One that is made later, or stays outside of the
/// repository, isn't there.
pub(super) fn shown(
    kustomization: &Path,
    files: Vec<Generated>,
    is_allowed: impl Fn(&Path) -> bool,
) -> Vec<Finding> {
    let folder = kustomization.parent().unwrap_or_else(|| Path::new(""));
    files
        .into_iter()
        .filter(|generated| {
            let path = folder.join(&generated.path);
            !is_allowed(&path)
                && input::read_file(&path).is_ok_and(|bytes| has_values(&bytes, generated.lines))
        })
        .map(|generated| generated.finding)
        .collect()
}

/// Of `KEY=value` lines, whether one has a value; `KEY` alone takes it from the environment.
fn has_values(bytes: &[u8], lines: bool) -> bool {
    if !lines {
        return !bytes.is_empty();
    }
    bytes.split(|byte| *byte == b'\n').any(|line| {
        let line = line.trim_ascii();
        !line.starts_with(b"#")
            && line
                .iter()
                .position(|byte| *byte == b'=')
                .is_some_and(|at| at + 1 < line.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_without_a_value_show_nothing() {
        assert!(has_values(b"# a=b\nA=\nB=x\r\n", true));
        assert!(!has_values(b"# a=b\nA=\r\nB\n\n", true));
        assert!(has_values(b"x", false) && !has_values(b"", false));
    }
}
