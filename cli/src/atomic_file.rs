//! Files that are replaced whole or not at all.

mod exchange;
mod folder_lock;
mod leftovers;

use std::fs::{self, File, Permissions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::NamedTempFile;

pub(crate) use self::exchange::{Before, Exchange, State, keep_renames};
pub(crate) use self::leftovers::Leftovers;
use crate::error::CommandError;

/// Who may read a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// As the old file had it, else as the umask says.
    Anyone,
    /// The owner alone (0600), whatever the old file's mode was.
    Owner,
}

/// Files written beside their final places, and moved there together.
///
/// Until [`Staged::commit`] nothing that existed has changed; dropped before that, nothing stays
/// behind. A process killed in between can leave a file `.NAME.XXXXXX.tmp`, never half a `NAME`.
#[derive(Default)]
pub(crate) struct Staged {
    files: Vec<(PathBuf, NamedTempFile)>,
    streams: Vec<(PathBuf, Vec<u8>)>,
}

impl Staged {
    /// Writes the bytes beside `path`, in the same folder so that the final move is a rename.
    /// A link is followed, so that the file it points to is replaced and the link stays; a device
    /// or pipe (`/dev/stdout`) is written to at commit, since replacing it would remove it.
    ///
    /// # Errors
    /// When the folder does not exist or cannot be written, or `path` is a folder.
    pub(crate) fn add(&mut self, path: &Path, bytes: &[u8], readers: Readers) -> Result<(), CommandError> {
        let doing = || format!("cannot write `{}`", path.display());
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let old = fs::metadata(&place).ok();
        if old.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(CommandError::message(format!(
                "cannot write `{}`: it is a folder",
                path.display()
            )));
        }
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            self.streams.push((place, bytes.to_vec()));
            return Ok(());
        }
        let mut file = beside(&place, readers).with_context(doing)?;
        if let Some(old) = &old {
            keep(old, file.as_file(), readers).with_context(doing)?;
        }
        file.write_all(bytes)
            .and_then(|()| file.as_file().sync_all())
            .with_context(doing)?;
        self.files.push((place, file));
        Ok(())
    }

    /// Moves every file to its place. Each move is atomic; should one fail, the error names it, and
    /// the ones before it are done.
    ///
    /// # Errors
    /// When a file cannot be moved or a stream not be written.
    pub(crate) fn commit(self) -> Result<(), CommandError> {
        for (place, file) in self.files {
            file.persist(&place)
                .with_context(|| format!("cannot replace `{}`", place.display()))?;
        }
        for (place, bytes) in self.streams {
            let written = fs::OpenOptions::new()
                .write(true)
                .open(&place)
                .and_then(|mut to| to.write_all(&bytes));
            written.with_context(|| format!("cannot write `{}`", place.display()))?;
        }
        Ok(())
    }
}

/// Replaces one file.
///
/// # Errors
/// As [`Staged::add`] and [`Staged::commit`].
pub(crate) fn replace(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), CommandError> {
    let mut staged = Staged::default();
    staged.add(path, bytes, readers)?;
    staged.commit()
}

/// Writes a file that only its owner can read and that must not be there yet: a key that is replaced is
/// lost, and with it what was sealed for it. Of two that try at once one wins.
///
/// # Errors
/// When something is at `path`, or it cannot be written.
pub(crate) fn create_secret(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    let doing = || format!("cannot write `{}`", path.display());
    let mut file = beside(path, Readers::Owner).with_context(doing)?;
    file.write_all(bytes)
        .and_then(|()| file.as_file().sync_all())
        .with_context(doing)?;
    match file.persist_noclobber(path) {
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => Err(CommandError::message(
            format!("`{}` exists already", path.display()),
        )
        .hint("a key that is replaced is lost, with all that was sealed for it: name a new file")),
        result => result.map(drop).with_context(doing).map_err(CommandError::failed),
    }
}

/// A temporary file in the same folder. It is locked as long as it is open: by that [`Leftovers`] knows it from one
/// of a killed run.
fn beside(path: &Path, readers: Readers) -> io::Result<NamedTempFile> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    loop {
        let file = tempfile::Builder::new()
            .prefix(&format!(".{}.", leftovers::shortened(&name)))
            .suffix(".tmp")
            .permissions(mode(readers))
            .tempfile_in(folder_of(path))?;
        // Someone who tidies up can come between the two calls, once.
        let taken = matches!(file.as_file().try_lock(), Err(TryLockError::WouldBlock));
        if !taken && file.path().try_exists()? {
            return Ok(file);
        }
    }
}

/// The folder that the file is in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
fn mode(readers: Readers) -> Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    // The umask takes its part off the first.
    Permissions::from_mode(match readers {
        Readers::Anyone => 0o666,
        Readers::Owner => 0o600,
    })
}

/// The new file takes over the old one's mode, and its owner where that is allowed: a command run
/// as root must not take a user's file away.
#[cfg(unix)]
fn keep(old: &fs::Metadata, new: &File, readers: Readers) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    let current = new.metadata()?;
    if (current.uid(), current.gid()) != (old.uid(), old.gid()) {
        let _ = fchown(new, Some(old.uid()), Some(old.gid()));
    }
    match readers {
        Readers::Anyone => new.set_permissions(Permissions::from_mode(old.permissions().mode() & 0o777)),
        Readers::Owner => Ok(()),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode_of(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn entries(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn the_old_mode_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        replace(&path, b"new", Readers::Anyone).unwrap();
        assert_eq!(
            (fs::read_to_string(&path).unwrap().as_str(), mode_of(&path)),
            ("new", 0o640)
        );
    }

    #[test]
    fn a_secret_file_is_the_owners_alone_even_where_a_readable_one_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        replace(&path, b"new", Readers::Owner).unwrap();
        assert_eq!(mode_of(&path), 0o600);
    }

    #[test]
    fn dropped_without_commit_the_old_file_stays_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, "old").unwrap();
        let mut staged = Staged::default();
        staged.add(&path, b"new", Readers::Anyone).unwrap();
        drop(staged);
        assert_eq!(
            (
                fs::read_to_string(&path).unwrap().as_str(),
                entries(folder.path())
            ),
            ("old", 1)
        );
    }

    #[test]
    fn a_link_stays_a_link_and_its_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.yaml"), folder.path().join("link.yaml"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        replace(&link, b"new", Readers::Anyone).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
    }

    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        replace(Path::new("/dev/null"), b"x", Readers::Anyone).unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
