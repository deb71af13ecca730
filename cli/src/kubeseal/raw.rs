//! `kubeseal --raw`: one value, as the item that it becomes.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use sealing::{Label, Scope};
use zeroize::Zeroizing;

use super::invocation::Invocation;
use super::output::Output;
use super::words;
use crate::error::CommandError;
use crate::input;

/// Returns the item as base64, without a line break at its end.
///
/// # Errors
/// When the scope needs a name or a namespace that nothing says, and when the value or the certificate can't be had.
pub(super) fn run(invocation: &Invocation<'_>) -> Result<Output, CommandError> {
    let certificate = invocation.certificate()?;
    let args = invocation.args;
    let missing = |flag: &str| {
        CommandError::message(format!(
            "must provide the --{flag} flag with --raw and --scope {}",
            args.scope
        ))
    };
    let namespace = if args.scope == Scope::ClusterWide {
        String::new()
    } else {
        let namespace = invocation
            .namespace()
            .map_err(|error| error.hint("--namespace says where the item will open, without a kubeconfig"))?;
        Some(namespace.name)
            .filter(|name| !name.is_empty())
            .ok_or_else(|| missing("namespace"))?
    };
    let name = args.name.as_deref().unwrap_or_default();
    if name.is_empty() && args.scope == Scope::Strict {
        return Err(missing("name"));
    }
    let value = value(invocation)?;
    let label = Label::new(args.scope, &namespace, name);
    let item = certificate
        .public_key()
        .seal(&invocation.context.rng, &label, &value)
        .map_err(|error| CommandError::failed(error).context("cannot seal the value"))?;
    Ok(Output::public(sealing::encode_item(&item).into_bytes()))
}

/// The value: a file's bytes as they are, else standard input's.
fn value(invocation: &Invocation<'_>) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    match invocation.args.from_file.as_slice() {
        [] => {
            if io::stdin().is_terminal() {
                let printer = &invocation.context.printer;
                printer.note("(tty detected: expecting a secret to encrypt in stdin)");
            }
            input::read_stdin()
        }
        [one] => {
            let path = without_key(one);
            input::read_file(&path).map_err(|error| match error.caused_by::<io::Error>() {
                Some(reason) => CommandError::message(words::open_error(&path, reason)),
                None => error,
            })
        }
        _ => Err(CommandError::message(
            "must provide only one --from-file when encrypting a single item with --raw",
        )),
    }
}

/// The path of `KEY=PATH`, whose key means nothing to a single item, as that of `PATH`.
fn without_key(named: &Path) -> PathBuf {
    let path = named.to_str().and_then(|text| text.split_once('='));
    path.map_or_else(|| named.to_owned(), |(_, path)| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_before_the_path_is_left_out_up_to_the_first_equals_sign() {
        for (named, path) in [("a.txt", "a.txt"), ("k=a.txt", "a.txt"), ("k=a=b", "a=b")] {
            assert_eq!(without_key(Path::new(named)), Path::new(path));
        }
    }
}
