//! The threads that do the work.

mod queue;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use migrate::Stop;

use self::queue::{Queue, Task};
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
    queue: Queue<'a>,
    reports: Mutex<BTreeMap<usize, FileReport>>,
    /// One file of each folder in which something was replaced.
    written: Mutex<BTreeMap<PathBuf, usize>>,
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
            queue: Queue::of(files.len()),
            reports: Mutex::default(),
            written: Mutex::default(),
        }
    }

    /// Works until all is done, `stop` is requested (files in hand are finished) or `abandoned` is set. A thread that
    /// panics ends the others, and panics here.
    pub(super) fn run(&self, stop: &Stop, abandoned: &AtomicBool) {
        let (writer, texts) = writer::channel();
        let texts = Arc::new(texts);
        thread::scope(|scope| {
            for _ in 0..writer::THREADS {
                let texts = Arc::clone(&texts);
                scope.spawn(move || {
                    let _watch = self.queue.watch();
                    writer::write_all(&texts, abandoned, |at, result| self.wrote(at, result));
                });
            }
            // Theirs alone: once all of them are gone, nobody waits to send.
            drop(texts);
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
        self.queue.is_complete()
    }

    /// The reports, in the order of the files.
    pub(super) fn into_reports(self) -> Vec<FileReport> {
        let reports = self.reports.into_inner().unwrap_or_else(PoisonError::into_inner);
        reports.into_values().collect()
    }

    fn work(&self, writer: &Writer, stop: &Stop, abandoned: &AtomicBool) {
        let _watch = self.queue.watch();
        while let Some(task) = self.queue.take(stop, abandoned) {
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

    fn open(&self, at: usize) {
        let Some(file) = self.files.get(at) else { return };
        match file::open(at, file) {
            Opened::Nothing => self.finish(at, None),
            Opened::Reported(report) => self.finish(at, Some(report)),
            Opened::File(open) => {
                self.queue.add_objects(&Arc::new(open));
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
        self.queue.finish_file();
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
