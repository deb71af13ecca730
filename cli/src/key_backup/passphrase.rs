//! A passphrase, from a file or from a person.

use std::io::{self, BufRead as _, Read as _};
use std::path::Path;

use age::secrecy::SecretString;
use zeroize::Zeroizing;

use crate::error::CommandError;
use crate::input;
use crate::prompt;

/// The longest line that is taken for a passphrase.
const LONGEST: u64 = 4096;

/// Returns the first line of a file, or of standard input for `-`, without its line break.
///
/// # Errors
/// When it can't be read, or the line is empty, too long or not UTF-8.
pub(super) fn read(path: &Path) -> Result<SecretString, CommandError> {
    let doing = || format!("cannot read the passphrase from `{}`", path.display());
    let bytes = if path.as_os_str() == "-" {
        let mut line = Zeroizing::new(Vec::new());
        io::stdin()
            .lock()
            .take(LONGEST + 2)
            .read_until(b'\n', &mut line)
            .map_err(|error| CommandError::failed(error).context(doing()))?;
        line
    } else {
        input::read_file(path).map_err(|error| error.context(doing()))?
    };
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() as u64 > LONGEST {
        return Err(
            CommandError::message(format!("its first line is longer than {LONGEST} bytes")).context(doing()),
        );
    }
    // The error of the conversion would show the bytes.
    let text = std::str::from_utf8(line)
        .map_err(|_| CommandError::message("its first line is not UTF-8").context(doing()))?;
    if text.is_empty() {
        return Err(CommandError::message("its first line is empty").context(doing()));
    }
    Ok(SecretString::from(text.to_owned()))
}

/// Asks a person for the passphrase of a backup that exists.
///
/// # Errors
/// When there is no terminal.
pub(super) fn ask() -> Result<SecretString, CommandError> {
    prompt::hidden("passphrase of the backup")
        .map(|answer| SecretString::from(answer.as_str().to_owned()))
        .map_err(|error| error.hint("name what opens it: --identity FILE or --passphrase-file FILE"))
}

/// Asks a person for the passphrase of a new backup, twice: one that was mistyped opens nothing ever again.
///
/// # Errors
/// When there is no terminal, the answers differ, or the passphrase is too short to withstand guessing.
pub(super) fn ask_twice() -> Result<SecretString, CommandError> {
    /// Whoever has the file can guess for as long as they like.
    const SHORTEST: usize = 12;
    let hint = "name who can open it: --recipient age1…, or --passphrase-file FILE";
    let answer = prompt::hidden("passphrase for the backup").map_err(|error| error.hint(hint))?;
    if answer.chars().count() < SHORTEST {
        return Err(CommandError::message(format!(
            "the passphrase has fewer than {SHORTEST} characters, and who finds the backup can guess for years"
        ))
        .hint("take several random words, or a recipient of `age-keygen`"));
    }
    let again = prompt::hidden("the same passphrase again")?;
    if *answer != *again {
        return Err(
            CommandError::message("the two passphrases differ").hint("nothing was written; try again")
        );
    }
    Ok(SecretString::from(answer.as_str().to_owned()))
}
