//! What the caller accepted.

use std::collections::BTreeSet;

use super::{Hazard, HazardCode, Severity};

/// What may run without being held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The destructive hazards that are allowed by name.
    pub allow: BTreeSet<HazardCode>,
    /// Whether `isDeleted: true` of a table is in itself the permission to drop that table.
    pub deleted_allows_drop: bool,
}

impl Policy {
    /// Returns a policy that allows every hazard.
    pub fn allow_all() -> Self {
        Self {
            allow: HazardCode::ALL.into_iter().collect(),
            deleted_allows_drop: true,
        }
    }

    /// Returns the codes that hold a step with these hazards, each once; empty when it may run.
    pub fn missing(&self, hazards: &[Hazard]) -> Vec<HazardCode> {
        let missing: BTreeSet<HazardCode> = hazards
            .iter()
            .map(|hazard| hazard.code)
            .filter(|code| code.severity() == Severity::Destructive && !self.allow.contains(code))
            .collect();
        missing.into_iter().collect()
    }

    /// Returns the text that stands for the policy in the hash of a plan.
    pub fn label(&self) -> String {
        let mut words: Vec<&str> = self.allow.iter().map(|code| code.as_str()).collect();
        if self.deleted_allows_drop {
            words.push("isDeleted");
        }
        words.join(",")
    }
}
