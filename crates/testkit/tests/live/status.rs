use serde_json::{Value, json};
use testkit::status::{HealthCheckExpressions, Sample, Verdict, check};

fn condition(kind: &str, status: &str) -> Value {
    json!({"type": kind, "status": status, "reason": "Tested", "message": "", "observedGeneration": 2,
        "lastTransitionTime": "2026-01-01T00:00:00Z"})
}

fn sample(name: &str, conditions: &[Value]) -> Sample {
    let expression = |kind: &str, status: &str| {
        format!("status.conditions.exists(c, c.type == '{kind}' && c.status == '{status}')")
    };
    Sample {
        name: name.to_owned(),
        object: json!({
            "apiVersion": "example.com/v1",
            "kind": "Sample",
            "metadata": {"name": name, "generation": 2},
            "status": {"observedGeneration": 2, "conditions": conditions},
        }),
        health_check_exprs: Some(HealthCheckExpressions {
            in_progress: Some(expression("Reconciling", "True")),
            failed: Some(expression("Stalled", "True")),
            current: expression("Ready", "True"),
        }),
        in_progress_set: false,
    }
}

fn one(sample: Sample) -> Verdict {
    check(&[sample]).remove(0)
}

#[test]
fn good_statuses_pass_every_judge() {
    let ready = sample("ready", &[condition("Ready", "True")]);
    let stalled = sample(
        "stalled",
        &[condition("Ready", "False"), condition("Stalled", "True")],
    );
    let mut working = sample(
        "working",
        &[condition("Ready", "False"), condition("Reconciling", "True")],
    );
    working.in_progress_set = true;
    let verdicts = check(&[ready, stalled, working]);
    for (verdict, (name, state)) in verdicts.iter().zip([
        ("ready", "Current"),
        ("stalled", "Failed"),
        ("working", "InProgress"),
    ]) {
        let good = Verdict {
            name: name.to_owned(),
            kstatus: state.to_owned(),
            cel: Some(state.to_owned()),
            conformance: Vec::new(),
            warnings: Vec::new(),
        };
        assert_eq!(verdict, &good);
    }
}

#[test]
fn a_status_without_ready_passes_kstatus_and_fails_conformance() {
    let verdict = one(sample("upstream", &[condition("Synced", "False")]));
    assert_eq!(verdict.kstatus, "Current");
    assert_eq!(verdict.cel.unwrap(), "InProgress");
    assert_eq!(verdict.conformance, ["Ready condition must always be present"]);
}

#[test]
fn every_broken_rule_is_a_failure_of_its_own() {
    let verdict = one(sample(
        "contradictory",
        &[
            condition("Ready", "True"),
            condition("Stalled", "True"),
            condition("Reconciling", "True"),
        ],
    ));
    assert!(verdict.conformance.len() > 2, "{:?}", verdict.conformance);
}

#[test]
fn a_negative_condition_that_is_false_is_a_warning() {
    let verdict = one(sample(
        "chatty",
        &[condition("Ready", "False"), condition("Stalled", "False")],
    ));
    assert!(verdict.conformance.is_empty(), "{:?}", verdict.conformance);
    assert!(
        verdict.warnings.iter().any(|warning| warning.contains("Stalled")),
        "{:?}",
        verdict.warnings
    );
}

#[test]
fn an_old_generation_is_in_progress_whatever_the_conditions_say() {
    let mut old = sample("old", &[condition("Ready", "True")]);
    old.object["metadata"]["generation"] = json!(3);
    let verdict = one(old);
    assert_eq!(
        (verdict.kstatus.as_str(), verdict.cel.as_deref()),
        ("InProgress", Some("InProgress"))
    );
    assert!(!verdict.conformance.is_empty());
}

#[test]
fn an_expression_that_fails_on_the_object_is_told_as_an_error() {
    let mut bare = sample("bare", &[]);
    bare.object.as_object_mut().unwrap().remove("status");
    let verdict = one(bare);
    let evaluated = verdict.cel.unwrap();
    assert!(evaluated.starts_with("Error: "), "{evaluated}");
}

#[test]
#[should_panic(expected = "broken")]
fn a_sample_that_cannot_be_judged_is_named() {
    let mut broken = sample("broken", &[]);
    broken.object = json!({"kind": 1});
    check(&[broken]);
}
