use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn after(outcomes: &[Outcome]) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for (second, outcome) in (1..).zip(outcomes) {
        set(&mut conditions, SYNCED, outcome, Some(4), at(second));
    }
    conditions
}

/// Type, status and reason of each condition.
fn words(conditions: &[Condition]) -> Vec<(&str, &str, &str)> {
    conditions
        .iter()
        .map(|c| (c.type_.as_str(), c.status.as_str(), c.reason.as_str()))
        .collect()
}

#[test]
fn success_is_the_own_condition_first_and_ready() {
    let conditions = after(&[Outcome::success("Unsealed", "")]);
    assert_eq!(
        words(&conditions),
        [("Synced", "True", "Unsealed"), ("Ready", "True", "Unsealed")]
    );
    assert!(
        conditions
            .iter()
            .all(|condition| condition.observed_generation == Some(4))
    );
}

#[test]
fn pending_work_is_reconciling_and_not_ready() {
    let conditions = after(&[Outcome::pending("Waiting", "m")]);
    let reconciling = ("Reconciling", "True", "Progressing");
    assert_eq!(
        words(&conditions),
        [
            ("Synced", "Unknown", "Waiting"),
            ("Ready", "False", "Waiting"),
            reconciling
        ]
    );
}

#[test]
fn an_error_that_is_retried_is_unknown_and_reconciling() {
    let conditions = after(&[Outcome::transient("ApiError", "m")]);
    let reconciling = ("Reconciling", "True", "ProgressingWithRetry");
    assert_eq!(
        words(&conditions),
        [
            ("Synced", "Unknown", "ApiError"),
            ("Ready", "False", "ApiError"),
            reconciling
        ]
    );
}

#[test]
fn an_error_that_stays_is_false_and_stalled_for_the_same_reason() {
    let conditions = after(&[Outcome::permanent("NoKey", "m")]);
    let stalled = ("Stalled", "True", "NoKey");
    assert_eq!(
        words(&conditions),
        [("Synced", "False", "NoKey"), ("Ready", "False", "NoKey"), stalled]
    );
    assert!(conditions.iter().all(|condition| condition.message == "m"));
}

#[test]
fn reconciling_and_stalled_are_absent_once_they_are_not_true() {
    let transient = Outcome::transient("ApiError", "m");
    let permanent = Outcome::permanent("NoKey", "m");
    let types = |conditions: &[Condition]| conditions.iter().map(|c| c.type_.clone()).collect::<Vec<_>>();
    assert_eq!(
        types(&after(&[transient.clone(), permanent.clone()])),
        ["Synced", "Ready", "Stalled"]
    );
    assert_eq!(
        types(&after(&[permanent, transient])),
        ["Synced", "Ready", "Reconciling"]
    );
}

#[test]
fn the_transition_time_moves_only_when_the_status_flips() {
    let conditions = after(&[
        Outcome::permanent("NoKey", "one"),
        Outcome::permanent("Altered", "two"),
    ]);
    assert!(
        conditions
            .iter()
            .all(|c| c.last_transition_time == Some(Time(at(1)))),
        "{conditions:?}"
    );
    assert!(
        conditions
            .iter()
            .all(|c| c.reason == "Altered" && c.message == "two"),
        "{conditions:?}"
    );

    let conditions = after(&[
        Outcome::permanent("NoKey", "m"),
        Outcome::transient("ApiError", "m"),
    ]);
    let time = |type_: &str| {
        conditions
            .iter()
            .find(|c| c.type_ == type_)
            .unwrap()
            .last_transition_time
            .clone()
    };
    assert_eq!(time("Synced"), Some(Time(at(2))));
    assert_eq!(time("Ready"), Some(Time(at(1))), "Ready was False before");
}

#[test]
fn the_same_outcome_again_changes_nothing() {
    let outcome = Outcome::success("Unsealed", "");
    let mut conditions = after(std::slice::from_ref(&outcome));
    assert!(!set(&mut conditions, SYNCED, &outcome, Some(4), at(99)));
    assert!(
        set(&mut conditions, SYNCED, &outcome, Some(5), at(99)),
        "the generation is part of a condition"
    );
}

#[test]
fn an_upstream_condition_without_reason_and_time_is_read_and_taken_over() {
    let upstream = serde_json::json!([
        {"type": "Extra", "status": "True"},
        {"type": "Synced", "status": "True", "lastUpdateTime": "2026-01-01T00:00:00Z"},
    ]);
    let mut conditions: Vec<Condition> = serde_json::from_value(upstream).unwrap();
    assert!(set(
        &mut conditions,
        SYNCED,
        &Outcome::success("Unsealed", ""),
        Some(1),
        at(7)
    ));
    let types: Vec<_> = conditions.iter().map(|c| c.type_.as_str()).collect();
    assert_eq!(
        types,
        ["Synced", "Ready", "Extra"],
        "the own condition stands first and foreign ones stay"
    );
}

#[test]
fn times_have_whole_seconds_so_that_they_read_back_equal() {
    let mut conditions = Vec::new();
    set(
        &mut conditions,
        SYNCED,
        &Outcome::success("Unsealed", ""),
        Some(1),
        "2026-01-01T00:00:00.5Z".parse().unwrap(),
    );
    let text = serde_json::to_string(&conditions).unwrap();
    assert!(text.contains("\"2026-01-01T00:00:00Z\""), "{text}");
    assert_eq!(serde_json::from_str::<Vec<Condition>>(&text).unwrap(), conditions);
}
