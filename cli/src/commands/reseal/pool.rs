//! The threads that do the work, and what each takes next.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use migrate::Stop;

use super::file::{self, Closed, OpenFile, Opened};
use super::object::{self, Rules};
use super::progress::Progress;
use super::report::{FileReport, Mode};
use super::writer::{self, Writer};
use crate::atomic_file;
use crate::error::CommandError;
use crate::opener::Opener;
use crate::printer::Printer;
use crate::tree::TreeFile;

/// The work on one tree.
///
/// Private-key operations are nearly all of it, so each object is work of its own: a file of many is done by all
/// threads together. Objects of files that are open come before the next file, so that few files are in hand at any
/// time. Writing waits for the disk and is done by threads of its own.
pub(super) struct Pool<'a> {
    files: &'a [TreeFile],
    opener: &'a Opener,
    rules: &'a Rules<'a>,
    mode: Mode,
    progress: Progress<'a>,
    queue: Mutex<Queue<'a>>,
    /// Something was taken out of hand, or came into it.
    changed: Condvar,
    reports: Mutex<BTreeMap<usize, FileReport>>,
    /// One file of each folder in which something was replaced.
    written: Mutex<BTreeMap<PathBuf, usize>>,
}

#[derive(Default)]
struct Queue<'a> {
    /// The next file to be read.
    next: usize,
    objects: VecDeque<(Arc<OpenFile<'a>>, usize)>,
    /// Files that were begun and aren't finished.
    in_hand: usize,
}

enum Task<'a> {
    File(usize),
    Object(Arc<OpenFile<'a>>, usize),
}

/// Makes the threads leave what they have in hand as it is, once it is dropped.
pub(super) struct Abandon<'a>(pub(super) &'a AtomicBool);

impl Drop for Abandon<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

impl<'a> Pool<'a> {
    /// Everything that is to be done.
    pub(super) fn new(
        files: &'a [TreeFile],
        opener: &'a Opener,
        rules: &'a Rules<'a>,
        mode: Mode,
        printer: &'a Printer,
    ) -> Self {
        Self {
            files,
            opener,
            rules,
            mode,
            progress: Progress::new(printer, files.len()),
            queue: Mutex::default(),
            changed: Condvar::new(),
            reports: Mutex::default(),
            written: Mutex::default(),
        }
    }

    /// Works until all is done, `stop` is requested (files in hand are finished) or `abandoned` is set.
    pub(super) fn run(&self, stop: &Stop, abandoned: &AtomicBool) {
        let (writer, texts) = writer::channel();
        thread::scope(|scope| {
            for _ in 0..writer::THREADS {
                scope.spawn(|| writer::write_all(&texts, abandoned, |at, result| self.wrote(at, result)));
            }
            let workers: Vec<_> = (0..self.opener.parallelism().max(1))
                .map(|_| {
                    let writer = writer.clone();
                    scope.spawn(move || self.work(&writer, stop, abandoned))
                })
                .collect();
            // The writers end when nobody can send any more.
            drop(writer);
            for worker in workers {
                if let Err(panic) = worker.join() {
                    std::panic::resume_unwind(panic);
                }
            }
        });
        self.keep_renames();
        self.progress.end();
    }

    /// Whether every file has been looked at and finished.
    pub(super) fn is_complete(&self) -> bool {
        let queue = locked(&self.queue);
        queue.next == self.files.len() && queue.in_hand == 0
    }

    /// The reports, in the order of the files.
    pub(super) fn into_reports(self) -> Vec<FileReport> {
        let reports = self.reports.into_inner().unwrap_or_else(PoisonError::into_inner);
        reports.into_values().collect()
    }

    fn work(&self, writer: &Writer, stop: &Stop, abandoned: &AtomicBool) {
        while let Some(task) = self.take(stop, abandoned) {
            match task {
                Task::File(at) => self.open(at),
                Task::Object(file, object) => {
                    let document = &file.editable.documents()[object];
                    let outcome = object::outcome(document, file.file, self.rules, self.opener, self.mode);
                    if file.keep(object, outcome) {
                        self.close(&file, writer);
                    }
                }
            }
        }
    }

    fn take(&self, stop: &Stop, abandoned: &AtomicBool) -> Option<Task<'a>> {
        let mut queue = locked(&self.queue);
        loop {
            if abandoned.load(Ordering::Acquire) {
                return None;
            }
            if let Some((file, object)) = queue.objects.pop_front() {
                return Some(Task::Object(file, object));
            }
            if queue.next < self.files.len() && !stop.is_requested() {
                let at = queue.next;
                queue.next += 1;
                queue.in_hand += 1;
                return Some(Task::File(at));
            }
            if queue.in_hand == 0 {
                return None;
            }
            // Another thread has a file in hand, which may turn into objects. A second signal wakes nobody, hence the
            // time.
            let (woken, _) = self
                .changed
                .wait_timeout(queue, std::time::Duration::from_millis(50))
                .unwrap_or_else(PoisonError::into_inner);
            queue = woken;
        }
    }

    fn open(&self, at: usize) {
        let Some(file) = self.files.get(at) else { return };
        match file::open(at, file) {
            Opened::Nothing => self.finish(at, None),
            Opened::Reported(report) => self.finish(at, Some(report)),
            Opened::File(open) => {
                let open = Arc::new(open);
                let mut queue = locked(&self.queue);
                let objects = open.objects.iter().map(|object| (Arc::clone(&open), *object));
                queue.objects.extend(objects);
                drop(queue);
                self.changed.notify_all();
            }
        }
    }

    fn close(&self, file: &OpenFile<'_>, writer: &Writer) {
        match file.close() {
            Closed::Changed(new) if self.mode == Mode::Write => writer.send(file, new),
            Closed::Changed(new) => self.finish(file.at, Some(new.report)),
            Closed::Unchanged(report) => self.finish(file.at, Some(report)),
        }
    }

    /// What a writer calls.
    fn wrote(&self, at: usize, result: (FileReport, Result<(), CommandError>)) {
        let report = match result {
            (report, Ok(())) => {
                if let Some(folder) = self.files.get(at).and_then(|file| file.place.parent()) {
                    locked(&self.written).insert(folder.to_owned(), at);
                }
                report
            }
            (report, Err(error)) => report.not_written(&error),
        };
        self.finish(at, Some(report));
    }

    fn finish(&self, at: usize, report: Option<FileReport>) {
        if let Some(report) = report {
            locked(&self.reports).insert(at, report);
        }
        locked(&self.queue).in_hand -= 1;
        self.changed.notify_all();
        self.progress.finished();
    }

    /// A file that was replaced is the new one for every reader at once; that it still is after a power failure is
    /// known when its folder is on the disk. Once for each folder, at the end.
    fn keep_renames(&self) {
        let written = std::mem::take(&mut *locked(&self.written));
        let folders: BTreeSet<usize> = written.into_values().collect();
        for at in folders {
            let Some(file) = self.files.get(at) else { continue };
            if let Err(error) = atomic_file::keep_renames(&file.place) {
                self.progress.warn(&format!(
                    "what was written beside `{}` may not outlast a power failure: {error}",
                    file.path.display()
                ));
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
