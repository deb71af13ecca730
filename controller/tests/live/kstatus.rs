//! How kstatus, and with it Flux and Helm 4, reads an object: the rules of its generic reader.

use serde_json::Value;

/// The verdicts of kstatus.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Terminating,
    InProgress,
    Failed,
    Current,
}

/// Returns the verdict about an object, in the order in which kstatus asks.
pub(crate) fn verdict(object: &Value) -> Verdict {
    if !object["metadata"]["deletionTimestamp"].is_null() {
        return Verdict::Terminating;
    }
    let status = &object["status"];
    let observed = &status["observedGeneration"];
    if !observed.is_null() && *observed != object["metadata"]["generation"] {
        return Verdict::InProgress;
    }
    let is = |kind: &str, value: &str| {
        let conditions = status["conditions"].as_array();
        conditions
            .into_iter()
            .flatten()
            .any(|c| c["type"] == kind && c["status"] == value)
    };
    if is("Reconciling", "True") {
        Verdict::InProgress
    } else if is("Stalled", "True") {
        Verdict::Failed
    } else if is("Ready", "False") || is("Ready", "Unknown") {
        Verdict::InProgress
    } else {
        Verdict::Current
    }
}

/// Returns what Flux's checker of conditions would object to.
pub(crate) fn objections(object: &Value) -> Vec<String> {
    let status = &object["status"];
    let none = Vec::new();
    let conditions = status["conditions"].as_array().unwrap_or(&none);
    let find = |kind: &str| conditions.iter().find(|c| c["type"] == kind);
    let mut objections = Vec::new();
    let mut object_if = |wrong: bool, what: &str| {
        if wrong {
            objections.push(what.to_owned());
        }
    };
    let negatives = [find("Reconciling"), find("Stalled")];
    object_if(find("Ready").is_none(), "Ready is missing");
    object_if(
        negatives.iter().all(Option::is_some),
        "Reconciling and Stalled are both there",
    );
    for negative in negatives.into_iter().flatten() {
        object_if(
            negative["status"] != "True",
            "a negative condition is there without being True",
        );
        object_if(
            find("Ready").is_some_and(|r| r["status"] != "False"),
            "Ready is not False beside a negative",
        );
    }
    object_if(
        conditions.first().is_none_or(|c| c["type"] != "Synced"),
        "Synced is not first",
    );
    for condition in conditions {
        let same = condition["observedGeneration"] == status["observedGeneration"];
        object_if(!same, "a condition speaks of another generation");
        object_if(
            condition["reason"].as_str().is_none_or(str::is_empty),
            "a condition has no reason",
        );
        object_if(
            condition["lastTransitionTime"].is_null(),
            "a condition has no transition time",
        );
    }
    objections
}

#[test]
fn upstreams_failure_looks_ready_to_kstatus_and_ours_does_not() {
    let theirs = serde_json::json!({
        "metadata": {"generation": 1},
        "status": {"observedGeneration": 1, "conditions": [{"type": "Synced", "status": "False"}]},
    });
    assert_eq!(verdict(&theirs), Verdict::Current);
    let seen_by_nobody = serde_json::json!({
        "metadata": {"generation": 1},
        "status": {"observedGeneration": -1},
    });
    assert_eq!(verdict(&seen_by_nobody), Verdict::InProgress);
}
