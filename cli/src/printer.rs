//! The only way to standard output and standard error: data to the first, the rest to the second.

use std::borrow::Cow;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use owo_colors::OwoColorize as _;

use crate::error::{CommandError, Status};

/// Writes for the user. Colours appear only on a terminal, and never with `NO_COLOR`.
#[derive(Debug)]
pub(crate) struct Printer {
    stdout: io::Stdout,
    stderr: io::Stderr,
    quiet: bool,
    colour: ColorChoice,
}

impl Default for Printer {
    fn default() -> Self {
        Self::new(false, ColorChoice::Auto)
    }
}

impl Printer {
    /// A printer that leaves out notes when `quiet`.
    pub(crate) fn new(quiet: bool, colour: ColorChoice) -> Self {
        Self {
            stdout: io::stdout(),
            stderr: io::stderr(),
            quiet,
            colour,
        }
    }

    /// Writes a result to standard output, byte for byte.
    ///
    /// # Errors
    /// When standard output cannot take it, for instance on a full disk. A reader that went away
    /// (`| head`) is no error: it has what it wanted.
    pub(crate) fn data(&self, bytes: &[u8]) -> Result<(), CommandError> {
        let mut stdout = self.stdout.lock();
        delivered(stdout.write_all(bytes).and_then(|()| stdout.flush()))
    }

    /// Writes a result for people to standard output; styles in it survive only on a terminal.
    ///
    /// # Errors
    /// As [`Self::data`].
    pub(crate) fn report(&self, text: &str) -> Result<(), CommandError> {
        let mut stdout = AutoStream::new(self.stdout.lock(), self.colour);
        delivered(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
    }

    /// Says something that `-q` leaves out.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.say(&format!("{text}\n"));
        }
    }

    /// Shows a line on a terminal, in the place of the one that was shown last; an empty one takes it away. Without a
    /// terminal, and with `-q`, nothing is shown.
    pub(crate) fn transient(&self, text: &str) {
        if !self.quiet && self.stderr.is_terminal() {
            self.say(&format!("\r\x1b[K{text}"));
        }
    }

    /// Asks on standard error, without a line break, and returns the line that is answered.
    ///
    /// # Errors
    /// When standard input cannot be read.
    pub(crate) fn ask(&self, question: &str) -> io::Result<String> {
        self.say(question);
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(answer)
    }

    /// Says something that the user should act on; the command goes on.
    pub(crate) fn warning(&self, text: &str) {
        self.say(&format!("{} {text}\n", "warning:".yellow().bold()));
    }

    /// Says why the command failed: the error, its causes, then the hints.
    pub(crate) fn error(&self, error: &CommandError) {
        self.failure(&error.causes(), error.hints());
    }

    /// Says an error that is kept as texts: what failed and its causes, then the hints.
    pub(crate) fn failure(&self, causes: &[String], hints: &[String]) {
        self.say(&error_text(causes, hints));
    }

    /// Answers a command line that clap did not turn into a command: help and the version to
    /// standard output, a mistake to standard error.
    pub(crate) fn command_line(&self, error: &clap::Error) -> Status {
        let text = error.render().ansi().to_string();
        if error.use_stderr() {
            self.say(&text);
            return Status::Usage;
        }
        match self.report(&text) {
            Ok(()) => Status::Done,
            Err(error) => {
                self.error(&error);
                Status::Failed
            }
        }
    }

    /// Whether someone reads standard output on a screen.
    pub(crate) fn stdout_is_terminal(&self) -> bool {
        self.stdout.is_terminal()
    }

    /// Nothing can be done about a standard error that does not take text, so that is not reported.
    fn say(&self, text: &str) {
        let mut stderr = AutoStream::new(self.stderr.lock(), self.colour);
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }
}

fn delivered(result: io::Result<()>) -> Result<(), CommandError> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CommandError::failed(error).context("cannot write to standard output"))
        }
        _ => Ok(()),
    }
}

fn error_text(causes: &[String], hints: &[String]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for (depth, cause) in causes.iter().enumerate() {
        let _ = if depth == 0 {
            writeln!(text, "{} {cause}", "error:".red().bold())
        } else {
            writeln!(text, "  caused by: {cause}")
        };
    }
    for hint in hints {
        let _ = writeln!(text, "{} {hint}", "hint:".cyan().bold());
    }
    text
}

/// A text of someone else's, without what a terminal would obey and without line breaks.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        let escaped = text.chars().flat_map(|c| {
            let escape = c.is_control().then(|| c.escape_default());
            let plain = escape.is_none().then_some(c);
            escape.into_iter().flatten().chain(plain)
        });
        escaped.collect()
    } else {
        Cow::Borrowed(text)
    }
}

/// Aligns rows under their headers, two spaces between columns, no trailing blanks.
pub(crate) fn table<const N: usize>(headers: [&str; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .chain([headers[column].chars().count()])
            .max()
            .unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |cells: [&str; N]| {
        let mut text = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            text.push_str(cell);
            text.push_str(&" ".repeat(width - cell.chars().count() + 2));
        }
        format!("{}\n", text.trim_end())
    };
    std::iter::once(line(headers))
        .chain(
            rows.iter()
                .map(|row| line(std::array::from_fn(|column| row[column].as_str()))),
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_its_message_then_its_causes_then_its_hints() {
        let error = CommandError::message("no such file")
            .context("cannot read `a.yaml`")
            .hint("check the name");
        let text = anstream::adapter::strip_str(&error_text(&error.causes(), error.hints())).to_string();
        assert_eq!(
            text,
            "error: cannot read `a.yaml`\n  caused by: no such file\nhint: check the name\n"
        );
    }

    #[test]
    fn nothing_in_a_text_moves_the_cursor() {
        assert_eq!(printable("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert!(matches!(printable("é b"), Cow::Borrowed("é b")));
    }

    #[test]
    fn columns_line_up_and_lines_end_without_blanks() {
        let rows = [
            ["long-name".to_owned(), String::new()],
            ["é".to_owned(), "b".to_owned()],
        ];
        assert_eq!(
            table(["NAME", "X"], &rows),
            "NAME       X\nlong-name\né          b\n"
        );
    }
}
