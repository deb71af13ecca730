//! What GitOps tools make of an object's status: their own code, not a copy of their rules.
//!
//! kstatus (Flux's health checks, Helm 4's `--wait`), Flux's evaluator of health check expressions, and Flux's
//! conformance checker of conditions, in one Go program that is built once and asked about many samples.

use std::io::Write;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::fail::{OrFail, fail};
use crate::servers::servers;

/// An object at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// A name for messages; the verdict has it too.
    pub name: String,
    /// The whole object as the API server returns it: `apiVersion`, `kind`, `metadata.generation`, `status`.
    pub object: serde_json::Value,
    /// Expressions for Flux's evaluator, if it is to be asked.
    pub health_check_exprs: Option<HealthCheckExpressions>,
    /// Whether the object is in the middle of a reconciliation, for which the conformance checker has fewer rules:
    /// true for a status with `Reconciling`, or one whose spec has just changed.
    pub in_progress_set: bool,
}

/// CEL expressions over the object, as in `spec.healthCheckExprs` of a Flux Kustomization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheckExpressions {
    /// True while the object is worked on.
    pub in_progress: Option<String>,
    /// True when it failed for good.
    pub failed: Option<String>,
    /// True when it is as its spec says.
    pub current: String,
}

/// What the judges say of one sample.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Verdict {
    /// The sample's name.
    pub name: String,
    /// `InProgress`, `Failed`, `Current`, `Terminating`, `NotFound` or `Unknown`.
    pub kstatus: String,
    /// The same of Flux's evaluator; `Error: …` when an expression fails on the object, and Flux goes on waiting.
    /// `None` without expressions.
    pub cel: Option<String>,
    /// The conformance checker's failures, one a broken rule; empty for a good status.
    pub conformance: Vec<String>,
    /// Its warnings.
    pub warnings: Vec<String>,
}

/// Returns one verdict a sample, in the same order.
///
/// # Panics
/// When the servers have not been started (see [`servers`]), or a sample is no object or its expressions don't
/// parse; the message names it.
#[track_caller]
pub fn check(samples: &[Sample]) -> Vec<Verdict> {
    let program = &servers().tools.status_check;
    let doing = || format!("asking `{}`", program.display());
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .or_fail(doing);
    let text = serde_json::to_vec(samples).or_fail(doing);
    // It reads all before it writes anything. A program that ended early says why below.
    if let Some(mut input) = child.stdin.take() {
        let _ = input.write_all(&text);
    }
    let output = child.wait_with_output().or_fail(doing);
    if !output.status.success() {
        fail(&format!(
            "{}: {}",
            doing(),
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    let verdicts: Vec<Verdict> = serde_json::from_slice(&output.stdout).or_fail(doing);
    assert_eq!(
        verdicts.len(),
        samples.len(),
        "{}: it judged another number of samples",
        doing()
    );
    verdicts
}
