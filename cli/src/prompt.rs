//! Questions whose answers must not be seen.

use std::io;

use zeroize::Zeroizing;

use crate::error::CommandError;

/// Asks on the terminal, also when standard input is a pipe, and shows nothing of the answer.
///
/// # Errors
/// When the process has no terminal, or nothing was typed.
pub(crate) fn hidden(what: &str) -> Result<Zeroizing<String>, CommandError> {
    let question = format!("{what} (not shown): ");
    let answer = rpassword::prompt_password(question)
        .map(Zeroizing::new)
        .map_err(|error| {
            // What the system calls it ("No such device or address") says nothing.
            match error.kind() {
                io::ErrorKind::UnexpectedEof => {
                    CommandError::message(format!("the {what} was not typed to its end"))
                }
                _ => CommandError::message(format!("there is no terminal to ask for the {what}")),
            }
        })?;
    if answer.is_empty() {
        return Err(CommandError::message(format!("no {what} was typed")));
    }
    Ok(answer)
}
