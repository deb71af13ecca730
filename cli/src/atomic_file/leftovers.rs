//! Temporary files that a killed run left behind.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::folder_of;

/// A temporary file's name must not be too long when the file's own is just short enough (255 bytes everywhere).
const LONGEST: usize = 200;

/// How many characters make a temporary file's name its own.
const RANDOM: usize = 6;

/// The temporary files in a folder, by the name of the file that they were to become.
#[derive(Debug, Default)]
pub(crate) struct Leftovers(BTreeMap<String, Vec<PathBuf>>);

impl Leftovers {
    /// Looks for those of one file, and removes them.
    pub(crate) fn remove_beside(place: &Path) {
        if let Some(name) = place.file_name() {
            Self::in_folder(folder_of(place)).remove(name);
        }
    }

    /// Looks for them. A folder that can't be read has none.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let mut found: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if let Some(name) = entry.file_name().to_str().and_then(becomes)
                && entry.file_type().is_ok_and(|kind| kind.is_file())
            {
                found.entry(name.to_owned()).or_default().push(entry.path());
            }
        }
        Self(found)
    }

    /// Removes those of one file that nobody writes any more: a run that lives holds a lock on its own.
    pub(crate) fn remove(&self, name: &OsStr) {
        let name = name.to_string_lossy();
        for path in self.0.get(shortened(&name)).into_iter().flatten() {
            // Where locks can't be had, nobody knows; then it stays. To tidy up is no reason to fail.
            if let Ok(file) = File::open(path)
                && file.try_lock().is_ok()
            {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// As much of a file's name as its temporary files have.
pub(super) fn shortened(name: &str) -> &str {
    let mut end = name.len().min(LONGEST);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or(name)
}

/// `.NAME.XXXXXX.tmp` becomes `NAME`.
fn becomes(temporary: &str) -> Option<&str> {
    let (name, random) = temporary
        .strip_prefix('.')?
        .strip_suffix(".tmp")?
        .rsplit_once('.')?;
    let is_random = random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_random && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::super::{Readers, beside};
    use super::*;

    #[test]
    fn only_names_of_temporary_files_are_such() {
        assert_eq!(becomes(".a.yaml.Ab3dE9.tmp"), Some("a.yaml"));
        for other in [
            ".a.yaml.tmp",
            "a.yaml.Ab3dE9.tmp",
            ".a.yaml.Ab3dE9",
            ".a.yaml.Ab-dE9.tmp",
            ".Ab3dE9.tmp",
        ] {
            assert_eq!(becomes(other), None, "{other}");
        }
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.yaml");
        let living = beside(&file, Readers::Anyone).unwrap();
        let left = folder.path().join(".a.yaml.Ab3dE9.tmp");
        let of_another = folder.path().join(".b.yaml.Ab3dE9.tmp");
        fs::write(&left, "half").unwrap();
        fs::write(&of_another, "half").unwrap();
        Leftovers::in_folder(folder.path()).remove(OsStr::new("a.yaml"));
        assert_eq!(
            [left.exists(), living.path().exists(), of_another.exists()],
            [false, true, true]
        );
    }
}
