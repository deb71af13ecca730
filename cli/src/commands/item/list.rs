//! `chancery item list`: what a SealedSecret holds, as far as its file tells without a key.

use std::fmt::Write as _;

use manifests::edit::ItemPlace;
use manifests::opening::DEPRECATED_ITEM;
use manifests::{opening, scope};
use serde::Serialize;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::printer::table;
use crate::report::{self, ReportFormat};
use crate::sealed_file::{Picked, SealedFile, SealedFileArgs};

const EXAMPLES: &str = "\
Examples:
  chancery item list sealed/db.yaml
  chancery item list sealed/all.yaml --name db -o json

BYTES is the length of the value, which a sealed item does not hide. `sealed with` repeats the
annotation `chancery.dev/sealed-with`; nothing proves it.";

/// List the items of the SealedSecrets in a file
///
/// Needs neither certificate nor key.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct ListArgs {
    #[command(flatten)]
    file: SealedFileArgs,
    /// The format
    #[arg(short = 'o', long = "output", value_enum, ignore_case = true, default_value_t)]
    output: ReportFormat,
}

/// One SealedSecret.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    file: String,
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    name: String,
    scope: &'static str,
    /// The hint; empty where there is none.
    sealed_with: Vec<String>,
    items: Vec<ItemListing>,
}

#[derive(Serialize)]
struct ItemListing {
    key: String,
    /// Length of the value; not there for what is no sealed item.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
    line: usize,
    column: usize,
    /// Why there is no length.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// Lists the items, in the order of the file.
///
/// # Errors
/// When the file cannot be read, or has no such SealedSecret.
pub(super) fn run(args: &ListArgs, context: &Context) -> CommandResult {
    let file = SealedFile::read(&args.file.file)?;
    let listings = file
        .pick_all(&args.file.selection)?
        .iter()
        .map(|picked| listing(&file, picked))
        .collect::<Result<Vec<_>, _>>()?;
    match args.output {
        ReportFormat::Json => context.printer.data(&report::json(&listings)?)?,
        ReportFormat::Text => {
            let texts: Vec<_> = listings.iter().map(text).collect();
            context.printer.report(&texts.join("\n"))?;
        }
    }
    Ok(Status::Done)
}

fn listing(file: &SealedFile, picked: &Picked) -> Result<Listing, CommandError> {
    let metadata = &picked.sealed.metadata;
    let places = file.editable().items(picked.object).map_err(|error| {
        CommandError::failed(error).context(format!("cannot list the items of `{}`", picked.title()))
    })?;
    Ok(Listing {
        file: file.name(),
        line: picked.line,
        namespace: metadata.namespace.clone(),
        name: metadata.name.clone().unwrap_or_default(),
        scope: scope::of_sealed_secret(metadata).as_str(),
        sealed_with: opening::hints_of(metadata)
            .iter()
            .map(ToString::to_string)
            .collect(),
        items: places.into_iter().map(|place| item(picked, place)).collect(),
    })
}

fn item(picked: &Picked, place: ItemPlace) -> ItemListing {
    let spec = &picked.sealed.spec;
    let deprecated = spec.data.as_ref().filter(|_| place.key == DEPRECATED_ITEM);
    let text = deprecated.or_else(|| spec.encrypted_data.get(&place.key));
    let bytes = match sealing::decode_item(text.map_or("", String::as_str)) {
        Ok(item) => sealing::value_len(&item).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let (bytes, problem) = match bytes {
        Ok(bytes) => (Some(bytes), None),
        Err(problem) => (None, Some(problem)),
    };
    ItemListing {
        key: place.key,
        bytes,
        line: place.position.line,
        column: place.position.column,
        problem,
    }
}

fn text(listing: &Listing) -> String {
    let namespace = listing
        .namespace
        .as_deref()
        .map(|namespace| format!("{namespace}/"));
    let mut text = format!(
        "SealedSecret {}{} ({}, line {}), {}\n",
        namespace.unwrap_or_default(),
        listing.name,
        listing.file,
        listing.line,
        listing.scope
    );
    if !listing.sealed_with.is_empty() {
        let _ = writeln!(text, "sealed with {}", listing.sealed_with.join(", "));
    }
    if listing.items.is_empty() {
        text.push_str("no items\n");
        return text;
    }
    let rows: Vec<_> = listing
        .items
        .iter()
        .map(|item| {
            let size = item
                .bytes
                .map_or_else(|| "-".to_owned(), |bytes| bytes.to_string());
            [
                item.key.clone(),
                size,
                item.line.to_string(),
                item.problem.clone().unwrap_or_default(),
            ]
        })
        .collect();
    text.push_str(&table(["KEY", "BYTES", "LINE", ""], &rows));
    text
}
