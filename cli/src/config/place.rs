//! Where a path is, below the folder of the configuration.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// The path below `root`, or `None` when it is elsewhere. `root` is a real path; `path` is relative to `working`, or
/// absolute, and need not exist: of what exists of its folder the links are followed, the file itself may be one.
pub(crate) fn below(root: &Path, working: &Path, path: &Path) -> Option<PathBuf> {
    let absolute = working.join(path);
    let mut names: Vec<&OsStr> = vec![absolute.file_name()?];
    let mut folder = absolute.parent()?;
    let mut real = loop {
        if let Ok(real) = fs::canonicalize(folder) {
            break real;
        }
        names.push(folder.file_name()?);
        folder = folder.parent()?;
    };
    real.extend(names.iter().rev());
    real.strip_prefix(root).ok().map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Option<&str>) {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir_all(root.join("a/b")).unwrap();
        let found = below(&root, &root.join("a"), Path::new(path));
        assert_eq!(found, expected.map(PathBuf::from), "{path}");
    }

    #[test]
    fn a_path_is_taken_from_the_working_directory() {
        check("b/x.yaml", Some("a/b/x.yaml"));
        check("./x.yaml", Some("a/x.yaml"));
        check("../x.yaml", Some("x.yaml"));
        check("b/../x.yaml", Some("a/x.yaml"));
    }

    #[test]
    fn what_does_not_exist_yet_has_its_place_too() {
        check("new/folder/x.yaml", Some("a/new/folder/x.yaml"));
    }

    #[test]
    fn what_is_elsewhere_has_none() {
        check("../../x.yaml", None);
        check("/etc/x.yaml", None);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_a_link_is_where_it_leads() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir(root.join("real")).unwrap();
        std::os::unix::fs::symlink(root.join("real"), root.join("link")).unwrap();
        assert_eq!(
            below(&root, &root, Path::new("link/x.yaml")),
            Some(PathBuf::from("real/x.yaml"))
        );
    }
}
