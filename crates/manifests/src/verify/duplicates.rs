//! Objects that stand twice.

use std::collections::BTreeMap;

use super::{Code, Finding, Findings};
use crate::documents::Document;

/// A SealedSecret in one of the files, and where it goes.
#[derive(Clone, Copy, Debug)]
pub struct Sighting<'a> {
    /// The object.
    pub document: &'a Document,
    /// Its namespace, wherever it comes from.
    pub namespace: Option<&'a str>,
    /// The folder of its file.
    pub folder: &'a str,
    /// Names of the clusters that it goes to; none: not known.
    pub clusters: &'a [String],
}

/// Returns a finding for each object that was seen before: of two with one name the later applied wins.
///
/// Two folders often hold the same objects for two clusters; so that is a warning, and nothing where the rules
/// give them to different clusters.
pub fn duplicates(sightings: &[Sighting<'_>]) -> Vec<Finding> {
    let mut seen: BTreeMap<(Option<&str>, &str), Vec<&Sighting<'_>>> = BTreeMap::new();
    let mut found = Vec::new();
    for sighting in sightings {
        let Some(name) = sighting.document.name() else {
            continue;
        };
        // A patch of the object isn't another one.
        if sighting.document.value.get("$patch").is_some() {
            continue;
        }
        let before = seen.entry((sighting.namespace, name)).or_default();
        let same = before.iter().filter(|other| meet(other, sighting));
        // The one in the same folder is the worse one.
        if let Some(other) = same.min_by_key(|other| other.folder != sighting.folder) {
            found.push(finding(sighting, other));
        }
        before.push(sighting);
    }
    found.sort();
    found
}

/// Returns whether two may go to the same cluster.
fn meet(one: &Sighting<'_>, other: &Sighting<'_>) -> bool {
    one.clusters.is_empty()
        || other.clusters.is_empty()
        || one.clusters.iter().any(|name| other.clusters.contains(name))
}

fn finding(sighting: &Sighting<'_>, other: &Sighting<'_>) -> Finding {
    let first = other.document;
    let line = first.position_of(&[]).map_or(first.line, |(line, _)| line);
    let mut findings = Findings::new(sighting.document);
    let (code, hint) = if sighting.folder == other.folder {
        (Code::Duplicate, "the one that is applied last wins")
    } else {
        (
            Code::DuplicateElsewhere,
            "if they are for different clusters, a rule in `.chancery.yaml` says so",
        )
    };
    findings.add(
        code,
        &["metadata", "name"],
        format!("the same object as in {}:{line}; {hint}", first.file),
    );
    findings.list.remove(0)
}
