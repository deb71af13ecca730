//! `chancery item rename`: another key for an item.

use manifests::edit::Edit;

use super::mentions::warn_of_mentions;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::item_key::ItemKey;
use crate::sealed_file::{SealedFile, SealedFileArgs, TargetArgs};

const EXAMPLES: &str = "\
Examples:
  chancery item rename sealed/db.yaml pass password
  chancery item rename sealed/all.yaml tls.cert tls.crt --name web

An item is bound to the namespace and the name of its SealedSecret, not to its key, so it needs
not be sealed again.";

/// Give an item of a SealedSecret another key, in its file
///
/// Needs neither certificate nor key: the ciphertext stays as it is.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct RenameArgs {
    #[command(flatten)]
    file: SealedFileArgs,
    /// The item's key
    #[arg(value_name = "KEY")]
    key: String,
    /// The key that it gets
    #[arg(value_name = "NEW")]
    new: ItemKey,
    #[command(flatten)]
    target: TargetArgs,
}

/// Renames the item and writes the file.
///
/// # Errors
/// When the SealedSecret or the item isn't found, there is an item with the new key, or the file cannot be edited or
/// written. Nothing is written then.
pub(super) fn run(args: &RenameArgs, context: &Context) -> CommandResult {
    let RenameArgs { key, new, .. } = args;
    if key == new.as_str() {
        return Err(CommandError::usage(format!(
            "the item `{key}` has this key already"
        )));
    }
    let file = SealedFile::read(&args.file.file)?;
    let picked = file.pick(&args.file.selection)?;
    picked.check_has_items()?;
    let place = || format!("SealedSecret `{}` in `{}`", picked.title(), file.name());
    if !picked.has(key) {
        return Err(CommandError::message(format!(
            "{} has no item `{key}`; it has {}",
            place(),
            picked.keys()
        )));
    }
    if picked.has(new.as_str()) {
        return Err(
            CommandError::message(format!("{} has an item `{new}` already", place())).hint(format!(
                "remove it first, if it is the one to lose: `chancery item unset {} {new}`",
                file.name()
            )),
        );
    }
    warn_of_mentions(&picked, key, &context.printer);
    let edit = Edit::RenameItem {
        object: picked.object,
        from: key.clone(),
        to: new.to_string(),
    };
    file.write(&[edit], args.target.write.as_deref(), &context.printer)?;
    context.printer.note(&format!(
        "the item `{key}` of SealedSecret `{}` is now `{new}`",
        picked.title()
    ));
    Ok(Status::Done)
}
