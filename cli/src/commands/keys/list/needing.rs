//! `chancery keys list --needing KEY`: what would have to change if that key leaked.

use sealing::Fingerprint;
use serde::Serialize;

use crate::cluster::{Cluster, ObjectName};
use crate::commands::keys::look::Keys;
use crate::error::{CommandError, CommandResult, Status};
use crate::key_choice::choose;
use crate::key_usage::{NeedingObject, needing};
use crate::printer::{Printer, table};
use crate::report::{self, ReportFormat};

/// What is printed as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Needing<'a> {
    fingerprint: &'a str,
    objects: &'a [NeedingObject],
    /// Objects that could not be looked at, and may need it too.
    unseen: &'a [ObjectName],
}

/// Lists what needs the key.
///
/// # Errors
/// When no key is meant, or SealedSecrets can't be listed.
pub(super) fn run(
    cluster: &Cluster,
    keys: &Keys,
    key: &str,
    output: ReportFormat,
    printer: &Printer,
) -> CommandResult {
    // A whole fingerprint may be that of a key that is stored nowhere any more.
    let key: Fingerprint = match key.parse() {
        Ok(key) => key,
        Err(_) => choose(&keys.listings, key)?,
    };
    let listed = cluster
        .sealed_secrets()
        .map_err(|error| CommandError::from(error).context(format!("cannot tell what needs {key}")))?;
    let objects = needing(listed.objects, &keys.ring, &key);
    match output {
        ReportFormat::Json => printer.data(&report::json(&Needing {
            fingerprint: key.as_str(),
            objects: &objects,
            unseen: &listed.misshapen,
        })?)?,
        ReportFormat::Text => {
            let rows: Vec<_> = objects.iter().map(row).collect();
            printer.report(&table(["NAMESPACE", "NAME", "ITEMS"], &rows))?;
        }
    }
    if objects.is_empty() {
        printer.note(&format!(
            "no live SealedSecret needs {key}; what is only in Git is not looked at here"
        ));
    }
    if keys.ring.get(&key).is_none() {
        printer.warning(&format!(
            "no Secret holds {key}, so only what a status counts could be found"
        ));
    }
    for object in &listed.misshapen {
        printer.warning(&format!(
            "`{object}` has not the shape of a SealedSecret, so it is not known which key it needs"
        ));
    }
    Ok(Status::Done)
}

fn row(needing: &NeedingObject) -> [String; 3] {
    let items: Vec<_> = needing
        .items
        .iter()
        .map(|item| migrate::report::harmless(item))
        .collect();
    [
        needing.object.namespace.clone(),
        needing.object.name.clone(),
        items.join(","),
    ]
}
