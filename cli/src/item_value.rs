//! A value to seal: from a pipe, a file, or typed without being shown. Never from an argument, because everyone on
//! the machine can read those (`ps`), and the shell's history keeps them.

use std::fs;
use std::io::{self, IsTerminal as _, Read};
use std::path::PathBuf;

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::error::CommandError;
use crate::item_key::ItemKey;
use crate::printer::Printer;
use crate::prompt;

/// The largest value that is sealed: the values of a Secret have 1 MiB together (`MaxSecretSize`).
const LIMIT: usize = 1024 * 1024;

/// Where the value comes from.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ValueArgs {
    /// Take the value from this file; without it, from standard input, or, where that is the terminal, typed twice
    /// and not shown. Files and pipes are sealed byte for byte, a line feed at the end too
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
    /// Seal an empty value too; otherwise it is taken for a command before the pipe that failed
    #[arg(long)]
    allow_empty: bool,
}

/// Returns the value. `stdin_is_taken`: whether standard input was read already, so that only the terminal is left to
/// ask.
///
/// # Errors
/// When it cannot be read, is empty or larger than a Secret can be, or was not typed twice the same. No message
/// holds any of it.
pub(crate) fn read(
    args: &ValueArgs,
    key: &ItemKey,
    stdin_is_taken: bool,
    printer: &Printer,
) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let (value, source) = match &args.from_file {
        Some(path) if path.as_os_str() == "-" => {
            return Err(CommandError::usage("`--from-file` takes a file")
                .hint("without `--from-file` the value is read from standard input"));
        }
        Some(path) => {
            let name = format!("`{}`", path.display());
            let file = fs::File::open(path).with_context(|| format!("cannot open {name}"))?;
            (bounded(file, &name)?, name)
        }
        None if stdin_is_taken || io::stdin().is_terminal() => return typed(key),
        None => {
            let name = "standard input".to_owned();
            (bounded(io::stdin().lock(), &name)?, name)
        }
    };
    if value.is_empty() && !args.allow_empty {
        return Err(CommandError::message(format!(
            "the value of `{key}` from {source} is empty; nothing was changed"
        ))
        .hint("an empty value is sealed with --allow-empty"));
    }
    if ends_in_its_only_line_feed(&value) {
        printer.note(&format!(
            "the value of `{key}` ends with a line feed, which is sealed too; `printf %s` writes none, `echo` does"
        ));
    }
    Ok(value)
}

/// Typed twice, because nobody sees a slip, and it would come up only where the Secret is used.
fn typed(key: &ItemKey) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let hint = |error: CommandError| error.hint("pipe the value in, or name a file with --from-file");
    let value = prompt::hidden(&format!("value of `{key}`")).map_err(hint)?;
    let again = prompt::hidden(&format!("value of `{key}`, once more")).map_err(hint)?;
    if value != again {
        return Err(hint(CommandError::message(format!(
            "the value of `{key}` was not typed twice the same; nothing was changed"
        ))));
    }
    // What the terminal sent in another encoding arrives as this character, whatever it was.
    if value.contains('\u{fffd}') {
        return Err(hint(CommandError::message(format!(
            "the terminal sent a character of the value of `{key}` that is no UTF-8"
        ))));
    }
    Ok(Zeroizing::new(value.as_bytes().to_vec()))
}

/// Into one buffer that never grows, so that no copy of the value stays behind in memory.
fn bounded(reader: impl Read, name: &str) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let mut value = Zeroizing::new(Vec::with_capacity(LIMIT + 64));
    reader
        .take(LIMIT as u64 + 1)
        .read_to_end(&mut value)
        .with_context(|| format!("cannot read {name}"))?;
    if value.len() > LIMIT {
        return Err(CommandError::message(format!(
            "the value from {name} is larger than 1 MiB, which is the most that a Secret can hold"
        )));
    }
    Ok(value)
}

/// A text of several lines ends with one on purpose: a key or certificate.
fn ends_in_its_only_line_feed(value: &[u8]) -> bool {
    value
        .split_last()
        .is_some_and(|(last, before)| *last == b'\n' && !before.contains(&b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_over_the_limit_is_refused_without_reading_on() {
        let error = bounded(io::repeat(7), "`big`").unwrap_err();
        assert_eq!(
            error.causes(),
            ["the value from `big` is larger than 1 MiB, which is the most that a Secret can hold"]
        );
    }

    #[test]
    fn the_buffer_of_a_value_never_moves() {
        let value = bounded(io::repeat(7).take(LIMIT as u64), "`big`").unwrap();
        assert_eq!((value.len(), value.capacity()), (LIMIT, LIMIT + 64));
    }

    #[test]
    fn only_a_single_line_is_asked_about_its_end() {
        assert!(ends_in_its_only_line_feed(b"tulip\n") && ends_in_its_only_line_feed(b"\n"));
        for value in [&b""[..], b"tulip", b"a\nb\n", b"a\nb"] {
            assert!(!ends_in_its_only_line_feed(value));
        }
    }
}
