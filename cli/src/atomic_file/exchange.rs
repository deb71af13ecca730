//! A file whose text is exchanged for another, unless someone else has written it meanwhile.

use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;
use tempfile::NamedTempFile;

use super::{Readers, beside, folder_of, keep};
use crate::error::CommandError;

/// A file as it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    len: u64,
    modified: Option<SystemTime>,
    identity: (u64, u64),
}

impl State {
    /// The state of the file at `place`; to be asked for before the file is read.
    ///
    /// # Errors
    /// When there is none, or nothing can be known of it.
    pub(crate) fn of(place: &Path) -> io::Result<Self> {
        Ok(Self::from(&fs::metadata(place)?))
    }
}

impl From<&Metadata> for State {
    fn from(about: &Metadata) -> Self {
        Self {
            len: about.len(),
            modified: about.modified().ok(),
            identity: identity(about),
        }
    }
}

#[cfg(unix)]
fn identity(about: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (about.dev(), about.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// A new text for a file, written beside it and on the disk. Dropped, it is as if it had never been.
pub(crate) struct Exchange {
    place: PathBuf,
    file: NamedTempFile,
    before: State,
}

impl Exchange {
    /// Writes the text beside `place`, a real path, with the mode and, where that is allowed, the owner of what is
    /// there. It is on the disk before anything is renamed: else after a power failure the file could be there
    /// without its text.
    ///
    /// # Errors
    /// When the folder can't be written or the disk is full.
    pub(crate) fn prepare(place: &Path, text: &[u8], before: State) -> Result<Self, CommandError> {
        let write = || -> io::Result<NamedTempFile> {
            let mut file = beside(place, Readers::Anyone)?;
            keep(&fs::metadata(place)?, file.as_file(), Readers::Anyone)?;
            file.write_all(text)?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        let file = write().with_context(|| format!("cannot write beside `{}`", place.display()))?;
        Ok(Self {
            place: place.to_owned(),
            file,
            before,
        })
    }

    /// Puts the new text into its place, in one step.
    ///
    /// # Errors
    /// When the file isn't the one that was read, and when it can't be replaced.
    pub(crate) fn commit(self) -> Result<(), CommandError> {
        let doing = || format!("cannot replace `{}`", self.place.display());
        if State::of(&self.place).with_context(doing)? != self.before {
            return Err(CommandError::message("someone else wrote it meanwhile")
                .context(doing())
                .hint("run the command again"));
        }
        self.file
            .persist(&self.place)
            .map_err(|error| error.error)
            .with_context(|| format!("cannot replace `{}`", self.place.display()))?;
        Ok(())
    }
}

/// Makes what was renamed into the folder of `place` last a power failure.
///
/// # Errors
/// When the folder can't be opened or the disk fails.
pub(crate) fn keep_renames(place: &Path) -> io::Result<()> {
    File::open(folder_of(place))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_someone_else_wrote_meanwhile_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a.yaml");
        fs::write(&place, "old").unwrap();
        let before = State::of(&place).unwrap();
        let exchange = Exchange::prepare(&place, b"new", before).unwrap();
        fs::write(&place, "theirs").unwrap();
        let error = exchange.commit().unwrap_err();
        assert!(
            error
                .causes()
                .contains(&"someone else wrote it meanwhile".to_owned())
        );
        assert_eq!(fs::read_to_string(&place).unwrap(), "theirs");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_text_is_exchanged_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a.yaml");
        fs::write(&place, "old").unwrap();
        let before = State::of(&place).unwrap();
        Exchange::prepare(&place, b"new", before)
            .unwrap()
            .commit()
            .unwrap();
        keep_renames(&place).unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
