//! Steps: what is run, in which order, under which conditions.

use std::collections::BTreeMap;

use super::{Hazard, HazardCode};
use crate::change::Change;
use crate::fingerprint::Fingerprint;
use crate::ir::{ObjectName, TableName};

/// How a step goes with transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionClass {
    /// It may share a transaction with its neighbours of the same class.
    WithOthers,
    /// It runs in a transaction of its own, so that its locks end with it.
    Alone,
    /// It can't run in a transaction.
    None,
}

impl TransactionClass {
    /// Returns the word for reports and for the hash of a plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WithOthers => "with-others",
            Self::Alone => "alone",
            Self::None => "none",
        }
    }
}

/// The strongest lock that a step takes on a table that others use, named by what it blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockClass {
    /// Nothing that others use is locked.
    None,
    /// Reads and writes go on; other schema changes wait.
    Shared,
    /// Reads go on; writes wait.
    BlocksWrites,
    /// Reads and writes wait.
    Exclusive,
}

impl LockClass {
    /// Returns the word for reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Shared => "shared",
            Self::BlocksWrites => "blocks-writes",
            Self::Exclusive => "exclusive",
        }
    }
}

/// A step as an engine draws it up: SQL and what is true of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepDraft {
    /// What it does, for people, such as "add column `email`"; no full stop.
    pub summary: String,
    /// The statements, each whole and without a semicolon at its end.
    pub sql: Vec<String>,
    /// Its hazards.
    pub hazards: Vec<Hazard>,
    /// How it goes with transactions.
    pub transaction: TransactionClass,
    /// Its lock.
    pub lock: LockClass,
    /// How long each statement may wait for a lock, in milliseconds; 0 is for ever.
    pub lock_timeout_ms: u64,
    /// How long each statement may run, in milliseconds; 0 is for ever.
    pub statement_timeout_ms: u64,
    /// What is different in the catalog once it has run. Empty when nothing is.
    pub effects: Vec<Change>,
    /// The statement that drops what is left when the step fails: an index of its effects that the server doesn't use,
    /// or a check that the plan made for its own use. `None` where a failure leaves nothing.
    pub undo: Option<String>,
}

/// A step of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The object that it changes.
    pub object: ObjectName,
    /// What it does, and how.
    pub draft: StepDraft,
    /// The bytes of the table that it works on, where the server tells.
    pub bytes: Option<u64>,
    /// The fingerprint that each table it touches must have before it; `None`: the table must not exist.
    pub before: BTreeMap<TableName, Option<Fingerprint>>,
    /// The fingerprint that each table it touches has after it.
    pub after: BTreeMap<TableName, Option<Fingerprint>>,
}

/// A step that doesn't run because something in it, or before it, is not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldStep {
    /// The step, as it would run if it were allowed now.
    pub step: Step,
    /// The codes to allow, those of the steps that it waits for included.
    pub allow: Vec<HazardCode>,
    /// The objects whose held steps it waits for; empty if it is held for itself.
    pub waits_for: Vec<ObjectName>,
}

/// The size of a table, coarse enough that a plan's hash stays while rows come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SizeClass {
    /// Not known.
    Unknown,
    /// Below 16 MiB.
    Small,
    /// Below 1 GiB.
    Medium,
    /// 1 GiB and more.
    Large,
}

impl SizeClass {
    /// Returns the class of that many bytes.
    pub fn of(bytes: Option<u64>) -> Self {
        match bytes {
            None => Self::Unknown,
            Some(0..0x100_0000) => Self::Small,
            Some(0x100_0000..0x4000_0000) => Self::Medium,
            Some(_) => Self::Large,
        }
    }

    /// Returns the word for the hash of a plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}
