//! Hazards: what a step can do to data, to other sessions, or to itself.

use std::fmt;
use std::str::FromStr;

/// A kind of hazard. What waits meanwhile is no hazard: [`super::LockClass`] says it. The codes are stable: people write them after `--allow`, and plans are hashed with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HazardCode {
    /// Data is gone afterwards: a table or a column is dropped.
    DeletesData,
    /// Values may be cut, rounded or refused: a type becomes narrower or another.
    ConvertsData,
    /// The table is written anew while nothing else can use it.
    RewritesTable,
    /// All rows are read while nothing else can use the table.
    ScansTable,
    /// An index is built: it takes time, I/O and space.
    BuildsIndex,
    /// An index goes: queries may become slower.
    DropsIndex,
    /// A rule that kept data right goes or becomes weaker.
    WeakensIntegrity,
    /// The step fails if rows are there that don't fit.
    DependsOnRows,
}

/// How much a hazard weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Look before you approve.
    Warning,
    /// Data may be lost: held unless allowed by name.
    Destructive,
}

impl Severity {
    /// Returns the word for reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Destructive => "destructive",
        }
    }
}

impl HazardCode {
    /// Every code.
    pub const ALL: [Self; 8] = [
        Self::DeletesData,
        Self::ConvertsData,
        Self::RewritesTable,
        Self::ScansTable,
        Self::BuildsIndex,
        Self::DropsIndex,
        Self::WeakensIntegrity,
        Self::DependsOnRows,
    ];

    /// Returns the code as people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeletesData => "deletes-data",
            Self::ConvertsData => "converts-data",
            Self::RewritesTable => "rewrites-table",
            Self::ScansTable => "scans-table",
            Self::BuildsIndex => "builds-index",
            Self::DropsIndex => "drops-index",
            Self::WeakensIntegrity => "weakens-integrity",
            Self::DependsOnRows => "depends-on-rows",
        }
    }

    /// Returns how much it weighs. Steps with a destructive hazard are held.
    pub fn severity(self) -> Severity {
        match self {
            Self::DeletesData | Self::ConvertsData => Severity::Destructive,
            Self::RewritesTable | Self::ScansTable | Self::WeakensIntegrity | Self::DependsOnRows => {
                Severity::Warning
            }
            Self::BuildsIndex | Self::DropsIndex => Severity::Info,
        }
    }
}

impl fmt::Display for HazardCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no hazard code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no hazard code; the codes are {}", HazardCode::ALL.map(HazardCode::as_str).join(", "))]
pub struct UnknownHazard {
    /// What was written.
    pub text: String,
}

impl FromStr for HazardCode {
    type Err = UnknownHazard;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|code| code.as_str() == text)
            .ok_or_else(|| UnknownHazard {
                text: text.to_owned(),
            })
    }
}

/// A hazard of a step, with the reason in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hazard {
    /// The kind.
    pub code: HazardCode,
    /// Why, about this object, and what to do; a sentence without a full stop.
    pub reason: String,
}

impl Hazard {
    /// Returns a hazard.
    pub fn new(code: HazardCode, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }
}
