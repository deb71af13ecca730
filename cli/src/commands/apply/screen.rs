//! The progress of a run on the terminal.

use std::io::{self, IsTerminal as _};

use migrate::{Event, Progress};

use crate::printer::Printer;

/// Says what goes on. Steps are told on a terminal only; what a run waits for, always.
pub(super) struct Screen<'a> {
    printer: &'a Printer,
    steps: bool,
}

impl<'a> Screen<'a> {
    /// A screen that says things there.
    pub(super) fn new(printer: &'a Printer) -> Self {
        Self {
            printer,
            steps: io::stderr().is_terminal(),
        }
    }
}

impl Progress for Screen<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Resuming { run, done } => {
                self.printer.note(&format!(
                    "going on with run {run}, which was interrupted ({done} steps are done)"
                ));
            }
            Event::StepStarted(at) if self.steps => {
                self.printer
                    .note(&format!("[{}/{}] {}", at.number, at.total, at.step.draft.summary));
            }
            Event::StepDone(at) if self.steps && at.number == at.total => {
                self.printer.note(&format!("[{}/{}] done", at.number, at.total));
            }
            Event::Locking { .. } | Event::StepStarted(_) | Event::StepDone(_) => {}
            Event::StepFoundDone(at) => {
                self.printer
                    .note(&format!("[{}/{}] was done already", at.number, at.total));
            }
            Event::Waiting { at, reason } => {
                self.printer
                    .note(&format!("[{}/{}] waiting: {reason}", at.number, at.total));
            }
            Event::Blocked { at, by } => {
                let who = if by.is_empty() {
                    "nobody is in the way any more".to_owned()
                } else {
                    format!("waiting for {}", by.join("; "))
                };
                self.printer.note(&format!("[{}/{}] {who}", at.number, at.total));
            }
        }
    }
}
