//! `chancery item unset`: items that a SealedSecret loses.

use std::collections::BTreeSet;

use manifests::edit::Edit;

use super::mentions::warn_of_mentions;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::sealed_file::{SealedFile, SealedFileArgs, TargetArgs};

const EXAMPLES: &str = "\
Examples:
  chancery item unset sealed/db.yaml old-password
  chancery item unset sealed/db.yaml user password --name db -w -";

/// Remove items of a SealedSecret from its file
///
/// Needs neither certificate nor key. All of the keys are removed, or, where one is missing, none.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct UnsetArgs {
    #[command(flatten)]
    file: SealedFileArgs,
    /// The keys of the items
    // Any text: a key that no Secret can have must go too.
    #[arg(value_name = "KEY", required = true)]
    keys: Vec<String>,
    #[command(flatten)]
    target: TargetArgs,
}

/// Removes the items and writes the file.
///
/// # Errors
/// When the SealedSecret or an item isn't found, or the file cannot be edited or written. Nothing is written then.
pub(super) fn run(args: &UnsetArgs, context: &Context) -> CommandResult {
    let file = SealedFile::read(&args.file.file)?;
    let picked = file.pick(&args.file.selection)?;
    picked.check_has_items()?;
    let keys: BTreeSet<&str> = args.keys.iter().map(String::as_str).collect();
    let missing: Vec<_> = keys.iter().filter(|key| !picked.has(key)).collect();
    if !missing.is_empty() {
        let missing: Vec<_> = missing.iter().map(|key| format!("`{key}`")).collect();
        return Err(CommandError::message(format!(
            "SealedSecret `{}` in `{}` has no item {}; it has {}",
            picked.title(),
            file.name(),
            missing.join(", "),
            picked.keys()
        )));
    }
    let edits: Vec<_> = keys
        .iter()
        .map(|key| Edit::RemoveItem {
            object: picked.object,
            key: (*key).to_owned(),
        })
        .collect();
    for key in &keys {
        warn_of_mentions(&picked, key, &context.printer);
    }
    if keys.len() == picked.sealed.spec.encrypted_data.len() {
        context.printer.warning(&format!(
            "SealedSecret `{}` has no item left: its Secret will be empty",
            picked.title()
        ));
    }
    file.write(&edits, args.target.write.as_deref(), &context.printer)?;
    for key in &keys {
        context.printer.note(&format!(
            "removed the item `{key}` of SealedSecret `{}`",
            picked.title()
        ));
    }
    Ok(Status::Done)
}
