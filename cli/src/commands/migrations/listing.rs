//! What a list says about one Migration.

use api::migration::{Migration, Phase};
use jiff::Timestamp;
use migrate::report::harmless;
use serde::Serialize;

use super::state;
use crate::age::age;

/// One line of `migrations list`.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listing {
    /// Its namespace.
    namespace: String,
    /// Its name.
    name: String,
    /// Its Database.
    database: String,
    /// Where it stands.
    phase: Phase,
    /// What an approval names.
    hash: Option<String>,
    /// How many steps run.
    steps: usize,
    /// How many steps are held.
    held: usize,
    /// The worst severity among the steps that run.
    hazards: Option<String>,
    /// Who approved it.
    approved_by: Option<String>,
    /// When it was made.
    created: Option<Timestamp>,
}

impl Listing {
    /// What is listed of a Migration.
    pub(super) fn new(migration: &Migration) -> Self {
        let plan = migration.spec.plan.as_ref();
        let hazards = plan
            .iter()
            .flat_map(|plan| &plan.steps)
            .flat_map(|step| &step.hazards);
        let text = |text: &Option<String>| text.as_deref().map(harmless).unwrap_or_default();
        Self {
            namespace: text(&migration.metadata.namespace),
            name: text(&migration.metadata.name),
            database: harmless(&migration.spec.database_name),
            phase: state::phase(migration),
            hash: state::hash(migration).map(harmless),
            steps: plan.map_or(0, |plan| plan.steps.len()),
            held: plan.map_or(0, |plan| plan.held.len()),
            hazards: hazards
                .map(|hazard| hazard.severity.as_str())
                .max_by_key(|severity| rank(severity))
                .map(harmless),
            approved_by: state::approved_by(migration),
            created: state::created(migration),
        }
    }

    /// The cells: name, database, phase, steps, held, hazards, approved by, age.
    pub(super) fn row(&self, now: Timestamp) -> [String; 8] {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        [
            self.name.clone(),
            self.database.clone(),
            self.phase.as_str().to_owned(),
            self.steps.to_string(),
            self.held.to_string(),
            or_dash(&self.hazards),
            or_dash(&self.approved_by),
            self.created
                .map_or_else(|| "-".to_owned(), |created| age(now.duration_since(created))),
        ]
    }

    /// The same after the namespace.
    pub(super) fn row_with_namespace(&self, now: Timestamp) -> [String; 9] {
        let [name, database, phase, steps, held, hazards, approved_by, age] = self.row(now);
        let namespace = self.namespace.clone();
        [
            namespace,
            name,
            database,
            phase,
            steps,
            held,
            hazards,
            approved_by,
            age,
        ]
    }
}

/// How bad a severity is. A word of a newer version is taken for the worst.
fn rank(severity: &str) -> u8 {
    match severity {
        "info" => 0,
        "warning" => 1,
        "destructive" => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_severities_are_those_of_the_plan() {
        use schema::plan::Severity;
        let words = [Severity::Info, Severity::Warning, Severity::Destructive];
        let ranks: Vec<u8> = words.map(|severity| rank(severity.as_str())).into();
        assert_eq!(ranks, [0, 1, 2]);
    }
}
