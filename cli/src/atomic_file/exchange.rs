//! A file whose text is exchanged for another, unless someone else has written it meanwhile.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::folder_lock::{self, FolderLock};
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

/// What a file must still be when its new text takes its place.
#[derive(Clone, Debug)]
pub(crate) enum Before<'a> {
    /// In this state: for those who don't keep the text.
    State(State),
    /// A file of these bytes.
    Text(&'a [u8]),
}

impl Before<'_> {
    /// Whether `place` is that still. What is gone, or no file any more, is not.
    fn is_at(&self, place: &Path) -> io::Result<bool> {
        let about = match fs::metadata(place) {
            Err(error) if is_gone(&error) => return Ok(false),
            about => about?,
        };
        if !about.is_file() {
            return Ok(false);
        }
        match self {
            Self::State(state) => Ok(State::from(&about) == *state),
            Self::Text(text) if about.len() != text.len() as u64 => Ok(false),
            Self::Text(text) => Ok(*Zeroizing::new(fs::read(place)?) == *text),
        }
    }
}

/// A new text for a file, written beside it and on the disk. Dropped, it is as if it had never been.
pub(crate) struct Exchange<'a> {
    /// As it was given.
    path: PathBuf,
    /// Where that is.
    place: PathBuf,
    file: NamedTempFile,
    before: Before<'a>,
}

impl<'a> Exchange<'a> {
    /// Writes the text beside `path`, where that is a link beside the file that it points to, with the mode and, where
    /// that is allowed, the owner of what is there. It is on the disk before anything is renamed: else after a power
    /// failure the file could be there without its text.
    ///
    /// # Errors
    /// When there is no file any more, the folder can't be written or the disk is full.
    pub(crate) fn prepare(path: &Path, text: &[u8], before: Before<'a>) -> Result<Self, CommandError> {
        let write = || -> io::Result<(PathBuf, NamedTempFile)> {
            let place = fs::canonicalize(path)?;
            let old = fs::metadata(&place)?;
            let mut file = beside(&place, Readers::Anyone)?;
            keep(&old, file.as_file(), Readers::Anyone)?;
            file.write_all(text)?;
            file.as_file().sync_all()?;
            Ok((place, file))
        };
        let (place, file) = match write() {
            Err(error) if is_gone(&error) => return Err(changed(path)),
            written => written.with_context(|| format!("cannot write beside `{}`", path.display()))?,
        };
        Ok(Self {
            path: path.to_owned(),
            place,
            file,
            before,
        })
    }

    /// Puts the new text into its place, in one step. Of several processes that do this at once with files of one
    /// folder, one looks and replaces while the others wait, so that each sees what the one before it wrote.
    ///
    /// # Errors
    /// When the file isn't the one that was read or is gone, when it can't be replaced, and when another process holds
    /// the folder's lock for half a minute.
    pub(crate) fn commit(self) -> Result<(), CommandError> {
        let doing = || format!("cannot replace `{}`", self.path.display());
        let _alone =
            FolderLock::take(&self.place, folder_lock::PATIENCE).map_err(|error| error.context(doing()))?;
        if !self.before.is_at(&self.place).with_context(doing)? {
            return Err(changed(&self.path));
        }
        self.file
            .persist(&self.place)
            .map_err(|error| error.error)
            .with_context(|| format!("cannot replace `{}`", self.path.display()))?;
        Ok(())
    }
}

/// Also where one of its folders has become a file.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn changed(path: &Path) -> CommandError {
    CommandError::message(format!(
        "`{}` was changed by something else meanwhile; it was left as it is",
        path.display()
    ))
    .hint("run the command again")
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

    fn old_in(folder: &Path) -> PathBuf {
        let place = folder.join("a.yaml");
        fs::write(&place, "old").unwrap();
        place
    }

    #[track_caller]
    fn refused(exchange: Exchange<'_>) {
        let error = exchange.commit().unwrap_err();
        let said = &error.causes()[0];
        assert!(said.contains("a.yaml` was changed by something else"), "{said}");
    }

    #[test]
    fn a_file_that_someone_else_wrote_meanwhile_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let place = old_in(folder.path());
        for before in [
            Before::State(State::of(&place).unwrap()),
            Before::Text(b"old".as_slice()),
        ] {
            fs::write(&place, "old").unwrap();
            let exchange = Exchange::prepare(&place, b"new", before).unwrap();
            fs::write(&place, "theirs").unwrap();
            refused(exchange);
            assert_eq!(fs::read_to_string(&place).unwrap(), "theirs");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }

    #[test]
    fn another_text_of_the_same_length_is_another_text() {
        let folder = tempfile::tempdir().unwrap();
        let place = old_in(folder.path());
        let exchange = Exchange::prepare(&place, b"new", Before::Text(b"old")).unwrap();
        fs::write(&place, "owl").unwrap();
        refused(exchange);
    }

    #[test]
    fn a_file_that_is_gone_does_not_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let place = old_in(folder.path());
        let exchange = Exchange::prepare(&place, b"new", Before::Text(b"old")).unwrap();
        fs::remove_file(&place).unwrap();
        refused(exchange);
        assert!(Exchange::prepare(&place, b"new", Before::Text(b"old")).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn of_two_that_read_the_same_text_one_writes() {
        let folder = tempfile::tempdir().unwrap();
        let place = old_in(folder.path());
        let [first, second] =
            [b"one", b"two"].map(|text| Exchange::prepare(&place, text, Before::Text(b"old")).unwrap());
        first.commit().unwrap();
        refused(second);
        assert_eq!(fs::read_to_string(&place).unwrap(), "one");
    }

    #[test]
    fn the_text_is_exchanged_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let place = old_in(folder.path());
        let before = Before::State(State::of(&place).unwrap());
        Exchange::prepare(&place, b"new", before)
            .unwrap()
            .commit()
            .unwrap();
        keep_renames(&place).unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_the_file_that_it_points_to_is_exchanged() {
        let (folder, links) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let place = old_in(folder.path());
        let link = links.path().join("link.yaml");
        std::os::unix::fs::symlink(&place, &link).unwrap();
        Exchange::prepare(&link, b"new", Before::Text(b"old"))
            .unwrap()
            .commit()
            .unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&place).unwrap(), "new");
    }
}
