//! One process at a time between the last look at a file and its replacement.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;

use super::folder_of;
use crate::error::CommandError;

/// How long another may hold the lock. Chancery holds it for a look and a rename; someone who holds it for longer,
/// such as a `flock` around this very command, must not make it hang.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A lock on the folder of a file, until it is dropped. The folder, since the file itself is another one after each
/// replacement, and a file for the lock would stay in the repository.
///
/// Where locks can't be had (a file system without them, a folder that its user can't list) there is none, and of two
/// at once in the moment between look and rename the later one wins.
#[derive(Debug)]
pub(super) struct FolderLock {
    #[cfg_attr(not(test), expect(dead_code, reason = "open, it holds the lock"))]
    held: Option<File>,
}

impl FolderLock {
    /// Takes the lock, and waits for as long as `patience` while another has it.
    ///
    /// # Errors
    /// When another still has it then.
    pub(super) fn take(place: &Path, patience: Duration) -> Result<Self, CommandError> {
        let folder = folder_of(place);
        let Ok(file) = File::open(folder) else {
            return Ok(Self { held: None });
        };
        match file.try_lock() {
            Ok(()) => return Ok(Self { held: Some(file) }),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(_)) => return Ok(Self { held: None }),
        }
        // A lock can't be waited for with an end, a thread can. One that is left behind lets go of the lock at once,
        // should it ever get it: nobody receives the file.
        let (sender, receiver) = mpsc::channel();
        thread::Builder::new()
            .spawn(move || {
                let locked = lock(&file);
                let _ = sender.send(locked.ok().map(|()| file));
            })
            .context("cannot start a thread")?;
        match receiver.recv_timeout(patience) {
            Ok(file) => Ok(Self { held: file }),
            Err(_) => Err(CommandError::message(format!(
                "another process has held a lock on the folder `{}` for {} seconds",
                folder.display(),
                patience.as_secs()
            ))
            .hint("run the command again once that one has ended, and without a `flock` of the folder around it")),
        }
    }
}

fn lock(file: &File) -> io::Result<()> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_waits_until_the_first_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a.yaml");
        let first = FolderLock::take(&place, PATIENCE).unwrap();
        thread::scope(|scope| {
            let second = scope.spawn(|| FolderLock::take(&place, PATIENCE));
            drop(first);
            assert!(second.join().unwrap().unwrap().held.is_some());
        });
    }

    #[test]
    fn a_lock_that_is_never_let_go_is_not_waited_for_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a.yaml");
        let first = FolderLock::take(&place, PATIENCE).unwrap();
        let error = FolderLock::take(&place, Duration::ZERO).unwrap_err();
        assert!(error.causes()[0].starts_with("another process has held a lock on the folder"));
        drop(first);
        FolderLock::take(&place, PATIENCE).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_opened_is_not_locked() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("gone").join("a.yaml");
        assert!(FolderLock::take(&place, PATIENCE).unwrap().held.is_none());
    }
}
