//! What a look at the database found, as data for the rules.

use std::collections::BTreeMap;

use api::database::DatabaseServer;
use schema::journal::RunRecord;
use schema::report::PlanReport;

/// What came of a look at the database.
#[derive(Debug)]
pub(super) enum Found {
    /// It was not looked at, or to no end.
    Refused(Refusal),
    /// Declarations that the engine or the server can't take: no plan is made of the others alone.
    Undeclarable {
        server: DatabaseServer,
        /// The problems, with the Table that each is of.
        problems: Vec<(String, String)>,
    },
    /// Another session runs a migration at this moment, so nothing is known for sure.
    Busy { server: DatabaseServer, why: String },
    /// It answers, and no table is declared.
    Bare { server: DatabaseServer },
    /// A plan was made.
    Planned(Box<View>),
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) class: Class,
    pub(super) reason: &'static str,
    pub(super) message: String,
    /// Whether the database answered; `None` if it was not asked.
    pub(super) connected: Option<bool>,
}

/// What must happen before another look can find anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Someone is to do something that is no mending.
    Waiting,
    /// It may pass by itself.
    Transient,
    /// Something must be mended.
    Permanent,
}

impl Refusal {
    pub(super) fn new(class: Class, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            class,
            reason,
            message: message.into(),
            connected: None,
        }
    }

    /// Returns the same, of a database that answered or did not.
    pub(super) fn connected(self, connected: bool) -> Self {
        Self {
            connected: Some(connected),
            ..self
        }
    }
}

/// A plan and what the journal says, as far as the rules look at them.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub(super) server: DatabaseServer,
    pub(super) report: PlanReport,
    pub(super) ddl: String,
    pub(super) last: Option<RunRecord>,
    /// The run of which the plan is exactly the rest.
    pub(super) continues: Option<Rest>,
    /// The newest run of each hash that was asked for.
    pub(super) runs: BTreeMap<String, (u64, RunRecord)>,
    /// The name in the database of each Table.
    pub(super) names: BTreeMap<String, String>,
    /// What could not be compared.
    pub(super) unproven: Vec<Flaw>,
    /// What is declared and not handled.
    pub(super) ignored: Vec<Flaw>,
    /// Whether a person accepted this very server by its identity.
    pub(super) accepted: bool,
    /// Whether another server than the journal's was accepted, and the journal is still to be told.
    pub(super) moved: bool,
}

/// A run that was killed or failed, and of which the plan is exactly the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rest {
    pub(super) run: u64,
    /// The hash of the plan that was approved.
    pub(super) hash: String,
    /// How many steps are done.
    pub(super) done: usize,
    /// Why it failed; `None` if it was killed.
    pub(super) error: Option<String>,
}

/// A part of a declared table that is not known to be as declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// The name of the table in the database.
    pub(super) table: String,
    pub(super) object: String,
    pub(super) reason: String,
}

impl View {
    /// Returns whether there is nothing to do, allowed or not.
    pub(super) fn is_empty(&self) -> bool {
        self.report.steps.is_empty() && self.report.held.is_empty()
    }
}

/// What became of a run that this pass began or went on with.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) hash: String,
    pub(super) end: RunEnd,
}

/// How a run ended, as far as the caller was told.
#[derive(Clone, Debug)]
pub(super) enum RunEnd {
    /// The journal says the rest.
    Done,
    /// The plan was not the approved one any more, or another run came first: nothing ran.
    Void,
    /// It stopped at an error.
    Failed {
        reason: &'static str,
        message: String,
        transient: bool,
    },
}
