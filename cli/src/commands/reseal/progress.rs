//! How far a run is, on a terminal.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::printer::Printer;

/// How often the line is written anew: more would only cost time.
const EVERY: Duration = Duration::from_millis(100);

/// A line that counts files.
pub(super) struct Progress<'a> {
    printer: &'a Printer,
    of: usize,
    shown: Mutex<Shown>,
}

struct Shown {
    finished: usize,
    last: Instant,
}

impl<'a> Progress<'a> {
    /// Nothing of so many files is done.
    pub(super) fn new(printer: &'a Printer, of: usize) -> Self {
        let shown = Shown {
            finished: 0,
            last: Instant::now(),
        };
        Self {
            printer,
            of,
            shown: Mutex::new(shown),
        }
    }

    /// One more is done.
    pub(super) fn finished(&self) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.finished += 1;
        if shown.last.elapsed() >= EVERY {
            shown.last = Instant::now();
            self.printer
                .transient(&format!("{} of {} files", shown.finished, self.of));
        }
    }

    /// The line has done its work.
    pub(super) fn end(&self) {
        self.printer.transient("");
    }

    /// Says something that is to stay.
    pub(super) fn warn(&self, text: &str) {
        self.end();
        self.printer.warning(text);
    }
}
