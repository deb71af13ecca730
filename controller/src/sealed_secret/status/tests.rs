use std::collections::BTreeMap;

use super::*;
use crate::sealed_secret::decide::OpenedBy;
use kube::core::Status;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn synced() -> Outcome {
    Outcome::Synced {
        keys: OpenedBy::new(&BTreeMap::new()),
    }
}

fn record(version: &str) -> Unsealed {
    Unsealed {
        secret_resource_version: version.to_owned(),
        ..Unsealed::default()
    }
}

fn undecryptable() -> Outcome {
    Outcome::Undecryptable(Failure::new("UnsealFailed", "no key could decrypt secret (a)"))
}

fn api_error(code: u16) -> Error {
    let status: Status = serde_json::from_value(serde_json::json!({ "code": code, "reason": "R" })).unwrap();
    Error::api("create", "Secret ns/app", &kube::Error::Api(status.boxed()))
}

/// Types, statuses and messages, in order.
fn conditions(status: &SealedSecretStatus) -> Vec<(&str, &str, &str)> {
    status
        .conditions
        .iter()
        .map(|c| (c.type_.as_str(), c.status.as_str(), c.message.as_str()))
        .collect()
}

#[test]
fn success_has_synced_first_and_ready_and_nothing_negative() {
    let report = report(None, Some(3), &synced(), Some(record("7")), true, at(1));
    let status = report.status.unwrap();
    assert_eq!(
        conditions(&status),
        [("Synced", "True", ""), ("Ready", "True", "")]
    );
    assert_eq!(status.observed_generation, Some(3));
    assert!(status.conditions.iter().all(|c| c.observed_generation == Some(3)));
    let event = report.event.unwrap();
    assert_eq!((event.warning, event.reason), (false, "Unsealed"));
    assert_eq!(event.note, "SealedSecret unsealed successfully");
}

#[test]
fn nothing_is_written_or_told_when_nothing_changed() {
    let first = report(None, Some(3), &synced(), Some(record("7")), true, at(1)).status;
    let again = report(
        first.as_ref(),
        Some(3),
        &synced(),
        Some(record("7")),
        false,
        at(99),
    );
    assert_eq!(
        again,
        Report {
            status: None,
            event: None
        }
    );
    let failed = report(None, Some(3), &undecryptable(), None, false, at(1)).status;
    let again = report(failed.as_ref(), Some(3), &undecryptable(), None, false, at(99));
    assert_eq!(
        again,
        Report {
            status: None,
            event: None
        }
    );
}

#[test]
fn the_generation_is_written_even_when_nothing_else_changed() {
    let first = report(None, Some(3), &synced(), Some(record("7")), true, at(1)).status;
    let next = report(
        first.as_ref(),
        Some(4),
        &synced(),
        Some(record("7")),
        false,
        at(2),
    );
    assert_eq!(next.status.unwrap().observed_generation, Some(4));
    assert_eq!(next.event, None);
}

#[test]
fn under_upstreams_crd_the_fields_it_drops_cause_no_endless_writes() {
    let first = report(None, Some(3), &synced(), Some(record("7")), true, at(1))
        .status
        .unwrap();
    let stored = pruned(&first);
    assert_eq!(
        report(Some(&stored), Some(3), &synced(), Some(record("7")), false, at(9)).status,
        None
    );
    assert!(
        report(Some(&stored), Some(4), &synced(), Some(record("7")), false, at(9))
            .status
            .is_some()
    );
}

#[test]
fn a_status_of_upstream_is_brought_to_our_form() {
    let theirs = SealedSecretStatus {
        observed_generation: Some(3),
        conditions: vec![Condition {
            type_: "Synced".to_owned(),
            status: "True".to_owned(),
            ..Condition::default()
        }],
        unsealed: None,
    };
    let report = report(Some(&theirs), Some(3), &synced(), Some(record("7")), false, at(9));
    assert!(report.status.is_some());
    assert_eq!(report.event, None);
}

#[test]
fn items_that_do_not_open_stall_the_object_with_upstreams_event() {
    let report = report(None, Some(3), &undecryptable(), None, false, at(1));
    let message = "no key could decrypt secret (a)";
    let expected = [
        ("Synced", "False", message),
        ("Ready", "False", message),
        ("Stalled", "True", message),
    ];
    assert_eq!(conditions(&report.status.unwrap()), expected);
    let event = report.event.unwrap();
    assert_eq!((event.warning, event.reason), (true, "ErrUnsealFailed"));
    assert_eq!(event.note, "Failed to unseal: no key could decrypt secret (a)");
}

#[test]
fn a_foreign_secret_is_reported_in_upstreams_words() {
    let sealed = ObjectMeta {
        name: Some("app".to_owned()),
        ..ObjectMeta::default()
    };
    let blocked = Outcome::Blocked(Failure::new("Unmanaged", unmanaged(&sealed)));
    let report = report(None, Some(1), &blocked, None, false, at(1));
    let message = "Resource \"app\" already exists and is not managed by SealedSecret";
    let status = report.status.unwrap();
    assert_eq!(status.conditions[0].message, format!("failed update: {message}"));
    assert_eq!(status.conditions[2].type_, "Stalled");
    let event = report.event.unwrap();
    assert_eq!((event.reason, event.note.as_str()), ("ErrUpdateFailed", message));
}

#[test]
fn a_failure_keeps_the_record_of_the_last_success() {
    let first = report(None, Some(3), &synced(), Some(record("7")), true, at(1)).status;
    let failed = report(first.as_ref(), Some(4), &undecryptable(), None, false, at(2)).status;
    assert_eq!(failed.unwrap().unsealed, Some(record("7")));
}

#[test]
fn recovery_is_an_event_even_without_a_write() {
    let failed = report(None, Some(3), &undecryptable(), None, false, at(1)).status;
    let report = report(
        failed.as_ref(),
        Some(3),
        &synced(),
        Some(record("7")),
        false,
        at(2),
    );
    assert_eq!(report.event.unwrap().reason, "Unsealed");
    assert_eq!(conditions(&report.status.unwrap()).len(), 2);
}

#[test]
fn a_retried_error_is_unknown_and_reconciling_from_the_second_time_on() {
    assert_eq!(
        report_error(None, Some(1), &api_error(503), 0, at(1)),
        Report {
            status: None,
            event: None
        }
    );
    let report = report_error(None, Some(1), &api_error(503), 1, at(1));
    let status = report.status.unwrap();
    let kinds: Vec<_> = status
        .conditions
        .iter()
        .map(|c| (c.type_.as_str(), c.status.as_str()))
        .collect();
    assert_eq!(
        kinds,
        [("Synced", "Unknown"), ("Ready", "False"), ("Reconciling", "True")]
    );
    assert_eq!(report.event.unwrap().reason, "ErrUpdateFailed");
    let again = report_error(Some(&status), Some(1), &api_error(503), 2, at(9));
    assert_eq!(
        again,
        Report {
            status: None,
            event: None
        }
    );
}

#[test]
fn what_the_server_refuses_as_invalid_is_said_at_once() {
    let status = report_error(None, Some(1), &api_error(422), 0, at(1))
        .status
        .unwrap();
    assert_eq!(status.conditions[2].type_, "Stalled");
}

#[test]
fn a_conflict_is_no_news() {
    assert_eq!(
        report_error(None, Some(1), &api_error(409), 5, at(1)),
        Report {
            status: None,
            event: None
        }
    );
}

#[test]
fn the_message_changes_when_the_reason_does() {
    let first = report(None, Some(3), &undecryptable(), None, false, at(1)).status;
    let blocked = Outcome::Blocked(Failure::new("Immutable", IMMUTABLE));
    let next = report(first.as_ref(), Some(3), &blocked, None, false, at(2));
    assert!(
        next.status.unwrap().conditions[0]
            .message
            .contains("the target Secret is immutable")
    );
    assert!(next.event.is_some());
}

#[test]
fn a_message_about_thousands_of_items_is_cut() {
    assert_eq!(
        Failure::new("UnsealFailed", "é".repeat(5000)).message.len(),
        MESSAGE
    );
}
