//! What every command is given.

use aws_lc_rs::rand::SystemRandom;
use jiff::Timestamp;

use crate::printer::Printer;

/// The outside world as commands see it: the time, randomness, and where text goes.
pub(crate) struct Context {
    /// When the program started.
    pub(crate) now: Timestamp,
    /// The way to standard output and standard error.
    pub(crate) printer: Printer,
    /// Randomness of session keys and of key names.
    pub(crate) rng: SystemRandom,
}

impl Context {
    /// A context at this time, printing there.
    pub(crate) fn new(now: Timestamp, printer: Printer) -> Self {
        Self {
            now,
            printer,
            rng: SystemRandom::new(),
        }
    }
}
