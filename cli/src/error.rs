//! How a command ends: a status that is the exit code and, when it failed, causes and hints.

use std::fmt;
use std::process::ExitCode;

/// How a command ended. The numbers are the program's interface (design, section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It did what it was asked.
    Done,
    /// It failed.
    Failed,
    /// It was called wrongly.
    Usage,
    /// `plan --exit-code`: there is something to apply.
    ChangesPending,
    /// Steps are held, or wait for an approval.
    Held,
    /// Something outside did not answer in time.
    TimedOut,
}

impl Status {
    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::ChangesPending => 3,
            Self::Held => 4,
            Self::TimedOut => 5,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.code())
    }
}

impl From<&CommandError> for Status {
    fn from(error: &CommandError) -> Self {
        error.status
    }
}

/// Why a command failed, for people: `error:` with its causes, then what to do next.
#[derive(Debug)]
pub(crate) struct CommandError {
    status: Status,
    cause: anyhow::Error,
    hints: Vec<String>,
}

/// What every command returns.
pub(crate) type CommandResult = Result<Status, CommandError>;

impl CommandError {
    /// A failure (exit code 1).
    pub(crate) fn failed(cause: impl Into<anyhow::Error>) -> Self {
        Self {
            status: Status::Failed,
            cause: cause.into(),
            hints: Vec::new(),
        }
    }

    /// A failure that only has a message.
    pub(crate) fn message(message: impl fmt::Display + fmt::Debug + Send + Sync + 'static) -> Self {
        Self::failed(anyhow::Error::msg(message))
    }

    /// A wrong call that clap could not see (exit code 2).
    pub(crate) fn usage(message: impl fmt::Display + fmt::Debug + Send + Sync + 'static) -> Self {
        Self {
            status: Status::Usage,
            ..Self::message(message)
        }
    }

    /// The same error as something that did not answer in time (exit code 5).
    pub(crate) fn timed_out(self) -> Self {
        Self {
            status: Status::TimedOut,
            ..self
        }
    }

    /// The same error as something that waits for an approval (exit code 4).
    pub(crate) fn held(self) -> Self {
        Self {
            status: Status::Held,
            ..self
        }
    }

    /// The same error with exit code 1, whatever it was: kubeseal has no finer ones.
    pub(crate) fn into_failure(self) -> Self {
        Self {
            status: Status::Failed,
            ..self
        }
    }

    /// Adds what the user can do next. Hints are printed in the order they were added.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Says what was being done when the error came up; the error becomes its cause.
    pub(crate) fn context(self, doing: impl fmt::Display + Send + Sync + 'static) -> Self {
        Self {
            cause: self.cause.context(doing),
            ..self
        }
    }

    /// The message and its causes, outermost first. A cause that its parent repeats word for word
    /// (kube's errors do that) is left out.
    pub(crate) fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = Vec::new();
        for cause in self.cause.chain().map(ToString::to_string) {
            if !causes.iter().any(|said| said.contains(&cause)) {
                causes.push(cause);
            }
        }
        causes
    }

    /// The error of that type among the causes, if there is one.
    pub(crate) fn caused_by<E: std::error::Error + 'static>(&self) -> Option<&E> {
        self.cause.chain().find_map(|cause| cause.downcast_ref())
    }

    /// What the user can do next.
    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl From<anyhow::Error> for CommandError {
    fn from(cause: anyhow::Error) -> Self {
        Self::failed(cause)
    }
}

impl From<manifests::documents::DocumentError> for CommandError {
    fn from(error: manifests::documents::DocumentError) -> Self {
        Self::failed(error)
    }
}

impl From<manifests::seal::SealError> for CommandError {
    fn from(error: manifests::seal::SealError) -> Self {
        Self::failed(error)
    }
}

impl From<manifests::unseal::UnsealError> for CommandError {
    fn from(error: manifests::unseal::UnsealError) -> Self {
        Self::failed(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_the_exit_code_of_the_design() {
        let all = [
            Status::Done,
            Status::Failed,
            Status::Usage,
            Status::ChangesPending,
            Status::Held,
            Status::TimedOut,
        ];
        assert_eq!(all.map(Status::code), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_cause_that_its_parent_repeats_is_said_once() {
        let error = CommandError::message("connection refused")
            .context("cannot connect: connection refused")
            .context("while reading Service `a/b`");
        assert_eq!(
            error.causes(),
            [
                "while reading Service `a/b`",
                "cannot connect: connection refused"
            ]
        );
    }

    #[test]
    fn context_keeps_status_and_hints() {
        let error = CommandError::usage("no").hint("try yes").context("asking");
        assert_eq!(Status::from(&error), Status::Usage);
        assert_eq!(error.hints(), ["try yes"]);
    }
}
