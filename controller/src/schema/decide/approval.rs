//! Who approved a plan, and who rejected it.

use std::collections::BTreeSet;

use api::migration::{Migration, Phase};
use api::names;

use super::work::Work;
use crate::schema::annotation;
use crate::schema::found::View;

/// Returns who approved the plan of a Migration: an annotation with the whole hash of the plan, on the
/// Migration or on the Database, or the Database's standing approval. `None`: nobody did.
pub(super) fn approved_by(work: &Work<'_>, view: &View, migration: &Migration) -> Option<String> {
    let hash = view.report.hash.as_str();
    let by = |metadata, default: &str| {
        let approved = annotation(metadata, names::APPROVED_PLAN) == Some(hash);
        approved.then(|| {
            annotation(metadata, names::APPROVED_BY)
                .unwrap_or(default)
                .to_owned()
        })
    };
    let database = work.observed.database.as_ref();
    by(&migration.metadata, "an annotation of the Migration")
        .or_else(|| database.and_then(|database| by(&database.metadata, "an annotation of the Database")))
        .or_else(|| {
            let standing = database.is_some_and(|database| database.spec.immediate_deploy == Some(true));
            (standing && !repeats_failure(work, view)).then(|| "immediateDeploy".to_owned())
        })
}

/// Returns whether a plan has nothing but steps of the run that failed last. Nobody declared anything new then,
/// and to try it again and again is not what a standing approval is for: it may be a rewrite each time.
fn repeats_failure(work: &Work<'_>, view: &View) -> bool {
    let failed = view.last.as_ref().filter(|last| last.error.is_some());
    let failed = failed.and_then(|last| work.of_hash(&last.hash));
    let entry = failed.and_then(|name| work.entries.get(&name));
    let Some(entry) = entry.filter(|entry| entry.phase() == Phase::Failed) else {
        return false;
    };
    let before = entry.migration.spec.plan.iter().flat_map(|plan| &plan.steps);
    let before: BTreeSet<(&str, &str)> = before
        .map(|step| (step.object.as_str(), step.summary.as_str()))
        .collect();
    view.report
        .steps
        .iter()
        .all(|step| before.contains(&(step.object.as_str(), step.summary.as_str())))
}

/// Returns who rejected the plan of a Migration.
pub(super) fn rejected_by(migration: &Migration, hash: &str) -> Option<String> {
    let metadata = &migration.metadata;
    (annotation(metadata, names::REJECTED_PLAN) == Some(hash)).then(|| {
        annotation(metadata, names::REJECTED_BY)
            .unwrap_or("an annotation of the Migration")
            .to_owned()
    })
}

/// Returns the value of the annotation that asks to go on with a run, if it was not followed yet.
pub(super) fn retry_of(migration: &Migration, run: u64) -> Option<String> {
    let value = annotation(&migration.metadata, names::RETRY_RUN)?;
    let number = value.split_once('/').map_or(value, |(number, _)| number);
    let followed = migration
        .status
        .as_ref()
        .and_then(|status| status.last_handled_retry.as_deref());
    (number.parse() == Ok(run) && followed != Some(value)).then(|| value.to_owned())
}
