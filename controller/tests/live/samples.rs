//! Objects in their states, and what GitOps tools are to make of each.

use serde::Serialize;
use testkit::status::{HealthCheckExpressions, Sample, check};

/// What the checker says of an object that nobody has given a status: both mean that there is no `Ready`,
/// which it takes for one that is `Unknown`.
const NO_READY: &[&str] = &[
    "Ready condition must always be present",
    "A mid-reconciliation patched status must have Reconciling=True when Ready=Unknown",
];

/// Samples of objects, with what the tools are to make of each.
pub(crate) struct Samples {
    expressions: HealthCheckExpressions,
    expected: Vec<(Sample, Expected)>,
}

/// What the tools are to make of a sample.
struct Expected {
    /// By kstatus.
    kstatus: &'static str,
    /// By Flux's evaluator.
    cel: &'static str,
    /// By Flux's checker of conditions.
    broken: &'static [&'static str],
}

impl Samples {
    /// Returns no samples yet; Flux's evaluator will be asked with these expressions.
    pub(crate) fn new(failed: &str, current: &str) -> Self {
        let expressions = HealthCheckExpressions {
            in_progress: None,
            failed: Some(failed.to_owned()),
            current: current.to_owned(),
        };
        Self {
            expressions,
            expected: Vec::new(),
        }
    }

    /// Adds an object that a controller has seen, and that breaks no rule.
    pub(crate) fn add(&mut self, name: &str, object: &impl Serialize, verdict: &'static str) {
        let expected = Expected {
            kstatus: verdict,
            cel: verdict,
            broken: &[],
        };
        self.push(name, object, expected);
    }

    /// Adds an object that is being deleted. Flux's evaluator calls nothing by that name.
    pub(crate) fn add_deleting(&mut self, name: &str, object: &impl Serialize) {
        let expected = Expected {
            kstatus: "Terminating",
            cel: "InProgress",
            broken: &[],
        };
        self.push(name, object, expected);
    }

    /// Adds an object that no controller has seen since it was created.
    pub(crate) fn add_unseen(&mut self, name: &str, object: &impl Serialize) {
        let expected = Expected {
            kstatus: "InProgress",
            cel: "InProgress",
            broken: NO_READY,
        };
        self.push(name, object, expected);
    }

    fn push(&mut self, name: &str, object: &impl Serialize, expected: Expected) {
        let object = serde_json::to_value(object).unwrap();
        let status = &object["status"];
        let reconciling = status["conditions"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|condition| condition["type"] == "Reconciling");
        let changed = status["observedGeneration"] != object["metadata"]["generation"];
        let sample = Sample {
            name: format!("{name} {}", object["kind"]),
            health_check_exprs: Some(self.expressions.clone()),
            in_progress_set: reconciling || changed,
            object,
        };
        self.expected.push((sample, expected));
    }

    /// Asks the tools about all samples.
    pub(crate) async fn judge(self) {
        let (samples, expected): (Vec<Sample>, Vec<Expected>) = self.expected.into_iter().unzip();
        assert!(!samples.is_empty());
        let asked = samples.clone();
        let verdicts = tokio::task::spawn_blocking(move || check(&asked)).await.unwrap();
        for ((verdict, expected), sample) in verdicts.into_iter().zip(expected).zip(&samples) {
            let about = format!("{verdict:?}\n{}", sample.object["status"]);
            assert_eq!(verdict.kstatus, expected.kstatus, "{about}");
            assert_eq!(verdict.cel.as_deref(), Some(expected.cel), "{about}");
            assert_eq!(verdict.conformance, expected.broken, "{about}");
            assert_eq!(verdict.warnings, Vec::<String>::new(), "{about}");
        }
    }
}
