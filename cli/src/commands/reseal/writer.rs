//! The threads that replace files.
//!
//! A file must be on the disk before it takes the place of the old one, and to wait for that can take longer than the
//! private-key operation of an item. The waits are shared: several writers at once, so that the disk commits their
//! files together, while the other threads go on computing. Each file is still its own step; nothing is held back for
//! a batch that an interruption would lose.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};

use super::file::{NewText, OpenFile};
use super::report::FileReport;
use crate::atomic_file::{Before, Exchange, Leftovers, State};
use crate::error::CommandError;

/// How many files are written at once. More than eight gained nothing on the file systems that were measured, and four
/// are enough to hide the waits behind the computing.
pub(super) const THREADS: usize = 4;

/// How many texts wait, at most: that is memory.
const WAITING: usize = 64;

/// Where new texts go.
#[derive(Clone)]
pub(super) struct Writer(SyncSender<Text>);

/// Where they come from.
pub(super) struct Texts {
    receiver: Mutex<Receiver<Text>>,
    /// What killed runs left, by folder; looked for once in each.
    leftovers: Mutex<BTreeMap<PathBuf, Arc<Leftovers>>>,
}

struct Text {
    at: usize,
    place: PathBuf,
    state: State,
    new: NewText,
}

/// A way from those who make texts to those who write them.
pub(super) fn channel() -> (Writer, Texts) {
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    let texts = Texts {
        receiver: Mutex::new(receiver),
        leftovers: Mutex::default(),
    };
    (Writer(sender), texts)
}

impl Writer {
    /// Hands the new text of a file over.
    pub(super) fn send(&self, file: &OpenFile<'_>, new: NewText) {
        let text = Text {
            at: file.at,
            place: file.file.place.clone(),
            state: file.state.clone(),
            new,
        };
        // The writers live as long as anyone can send.
        let _ = self.0.send(text);
    }
}

/// Replaces one file after the other, until nobody sends any more. After `abandoned` nothing more is replaced, and
/// what was not is not told either.
pub(super) fn write_all(
    texts: &Texts,
    abandoned: &AtomicBool,
    wrote: impl Fn(usize, (FileReport, Result<(), CommandError>)),
) {
    loop {
        let received = texts
            .receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(Text {
            at,
            place,
            state,
            new,
        }) = received
        else {
            return;
        };
        if abandoned.load(Ordering::Acquire) {
            continue;
        }
        texts.remove_leftovers(&place);
        let exchanged =
            Exchange::prepare(&place, new.text.as_bytes(), Before::State(state)).and_then(Exchange::commit);
        wrote(at, (new.report, exchanged));
    }
}

impl Texts {
    fn remove_leftovers(&self, place: &Path) {
        let (Some(folder), Some(name)) = (place.parent(), place.file_name()) else {
            return;
        };
        let mut folders = self.leftovers.lock().unwrap_or_else(PoisonError::into_inner);
        let leftovers = folders
            .entry(folder.to_owned())
            .or_insert_with(|| Arc::new(Leftovers::in_folder(folder)));
        let leftovers = Arc::clone(leftovers);
        drop(folders);
        leftovers.remove(name);
    }
}
