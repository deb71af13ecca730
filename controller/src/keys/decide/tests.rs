use super::*;

fn metadata(name: &str, label: Option<&str>) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        labels: label.map(|value| [(names::SEALING_KEY_LABEL.to_owned(), value.to_owned())].into()),
        ..ObjectMeta::default()
    }
}

/// A leader that saw everything, has a key, and was asked for nothing.
fn at_rest() -> Observed {
    Observed {
        leader: true,
        legacy: false,
        synced: true,
        newest: Some(at(NOON)),
        now: at(NOON),
        signalled: false,
        requests: 0,
        unkept: None,
    }
}

/// A moment, in seconds.
const NOON: i64 = 1_800_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// Every ten seconds.
const HABIT: Habit = Habit {
    unasked: true,
    period: Some(Duration::from_secs(10)),
    cutoff: None,
};

fn due(observed: &Observed) -> Vec<(Due, Duration)> {
    let never = Habit {
        period: None,
        ..HABIT
    };
    super::due(observed, &never)
}

const NOW: Duration = Duration::ZERO;

#[test]
fn the_label_decides_and_the_legacy_name_counts_without_it() {
    for (name, label, expected) in [
        ("any", Some("active"), Role::Active),
        ("any", Some("compromised"), Role::Disabled),
        ("any", Some("retired"), Role::Disabled),
        ("any", Some("answered"), Role::Disabled),
        ("any", Some("archived"), Role::Archived),
        ("any", Some("Archived"), Role::Disabled),
        ("sealed-secrets-key", Some("archived"), Role::Archived),
        ("any", Some("requested"), Role::Requested),
        ("any", Some("Active"), Role::Disabled),
        ("any", Some(""), Role::Disabled),
        ("sealed-secrets-key", None, Role::Active),
        ("sealed-secrets-key", Some("compromised"), Role::Disabled),
        ("sealed-secrets-keyabcde", None, Role::Other),
    ] {
        assert_eq!(
            role(&metadata(name, label), "sealed-secrets-key"),
            expected,
            "{name} {label:?}"
        );
    }
}

#[test]
fn a_key_is_made_unasked_only_by_the_leader_and_only_when_there_is_none() {
    for (leader, synced, held, expected) in [
        (true, true, None, true),
        (false, true, None, false),
        (true, false, None, false),
        (true, true, Some(at(NOON - 1_000_000)), false),
    ] {
        let observed = Observed {
            leader,
            synced,
            newest: held,
            ..at_rest()
        };
        assert_eq!(
            due(&observed).contains(&(Due::Generate, NOW)),
            expected,
            "{leader} {synced} {held:?}"
        );
    }
}

#[test]
fn a_key_is_renewed_when_the_newest_is_as_old_as_the_period_says() {
    for (age, expected) in [(0, 10), (3, 7), (10, 0), (11, 0), (1_000_000, 0), (-5, 15)] {
        let wait = HABIT.next(Some(at(NOON - age)), at(NOON));
        assert_eq!(wait, Some(Duration::from_secs(expected)), "{age}");
    }
    assert_eq!(HABIT.next(None, at(NOON)), Some(Duration::ZERO));
    // 292 years after any key is further than any calendar.
    let for_ever = Habit {
        period: Some(Duration::MAX),
        ..HABIT
    };
    assert_eq!(for_ever.next(Some(at(NOON)), at(NOON)), None);
}

#[test]
fn a_key_from_before_the_cutoff_is_renewed_once_the_cutoff_has_come() {
    for (newest, cutoff, expected) in [
        (-5, -3, Some(0)),
        (-3, -3, None),
        (-1, -3, None),
        (-5, 3, Some(3)),
        (5, 3, None),
    ] {
        let habit = Habit {
            period: None,
            cutoff: Some(at(NOON + cutoff)),
            ..HABIT
        };
        let wait = habit.next(Some(at(NOON + newest)), at(NOON));
        assert_eq!(wait, expected.map(Duration::from_secs), "{newest} {cutoff}");
    }
    // Whichever comes first counts.
    let both = Habit {
        cutoff: Some(at(NOON + 2)),
        ..HABIT
    };
    assert_eq!(both.next(Some(at(NOON)), at(NOON)), Some(Duration::from_secs(2)));
    assert_eq!(
        both.next(Some(at(NOON - 9)), at(NOON)),
        Some(Duration::from_secs(1))
    );
}

#[test]
fn nothing_is_made_unasked_where_that_is_forbidden() {
    let never = Habit {
        unasked: false,
        cutoff: Some(at(NOON)),
        ..HABIT
    };
    let bare = Observed {
        newest: None,
        ..at_rest()
    };
    assert_eq!(super::due(&bare, &never), []);
    let old = Observed {
        newest: Some(at(0)),
        ..at_rest()
    };
    assert_eq!(super::due(&old, &never), []);
    let asked = Observed {
        requests: 1,
        signalled: true,
        ..bare
    };
    assert_eq!(super::due(&asked, &never), [(Due::Obey, NOW), (Due::Fill, NOW)]);
}

#[test]
fn only_the_leader_renews_and_a_signal_is_obeyed_by_whom_it_reached() {
    let old = Observed {
        newest: Some(at(NOON - 20)),
        ..at_rest()
    };
    assert_eq!(super::due(&old, &HABIT), [(Due::Generate, NOW)]);
    let follower = Observed { leader: false, ..old };
    assert_eq!(super::due(&follower, &HABIT), []);
    let signalled = Observed {
        signalled: true,
        ..follower
    };
    assert_eq!(super::due(&signalled, &HABIT), [(Due::Obey, NOW)]);
    let early = Observed {
        synced: false,
        ..signalled
    };
    assert_eq!(super::due(&early, &HABIT), []);
}

#[test]
fn a_request_is_filled_by_the_leader_and_the_first_key_is_made_after_it_only_where_there_is_none() {
    for (held, expected) in [
        (None, vec![Due::Fill, Due::Generate]),
        (Some(at(NOON)), vec![Due::Fill]),
    ] {
        let asked = Observed {
            requests: 2,
            newest: held,
            ..at_rest()
        };
        let expected: Vec<_> = expected.into_iter().map(|due| (due, NOW)).collect();
        assert_eq!(due(&asked), expected, "{held:?}");
        assert_eq!(
            due(&Observed {
                leader: false,
                ..asked
            }),
            [],
            "{held:?}"
        );
    }
}

#[test]
fn nothing_is_made_before_every_kind_of_key_was_looked_at() {
    let early = Observed {
        synced: false,
        newest: None,
        requests: 1,
        ..at_rest()
    };
    assert_eq!(due(&early), []);
    let listed = Observed {
        legacy: true,
        ..early
    };
    assert_eq!(due(&listed), [(Due::Legacy, NOW)]);
    assert_eq!(due(&at_rest()), []);
}

#[test]
fn a_key_is_kept_at_once_by_the_leader_and_by_the_others_when_he_does_not() {
    let unkept = Observed {
        unkept: Some(Duration::from_secs(4)),
        ..at_rest()
    };
    assert_eq!(due(&unkept), [(Due::Keep, NOW)]);
    let follower = Observed {
        leader: false,
        ..unkept
    };
    assert_eq!(due(&follower), [(Due::Keep, Duration::from_secs(11))]);
    let late = Observed {
        unkept: Some(Duration::from_mins(1)),
        ..follower
    };
    assert_eq!(due(&late), [(Due::Keep, NOW)]);
    // What keeps failing does not keep a request from being filled.
    let asked = Observed {
        requests: 1,
        ..unkept
    };
    assert_eq!(due(&asked), [(Due::Keep, NOW), (Due::Fill, NOW)]);
}

#[test]
fn the_order_says_what_makes_a_key_the_newest_and_a_copy_is_none() {
    use KeyOrder::{CertNotBefore, SecretCreationTimestamp};
    for (order, begun, stored, is_copy, expected) in [
        (CertNotBefore, 5, Some(9), false, 5),
        (CertNotBefore, 5, Some(9), true, 5),
        (SecretCreationTimestamp, 5, Some(9), false, 9),
        (SecretCreationTimestamp, 9, Some(5), false, 5),
        (SecretCreationTimestamp, 5, Some(9), true, 5),
        (SecretCreationTimestamp, 9, Some(5), true, 5),
        (SecretCreationTimestamp, 5, None, false, 5),
    ] {
        let created = created(order, at(begun), stored.map(at), is_copy);
        assert_eq!(created, at(expected), "{order:?} {begun} {stored:?} {is_copy}");
    }
}

#[test]
fn two_replicas_that_saw_the_same_keys_choose_the_same_name() {
    let name = |uids: &[&str]| {
        let uids: Vec<String> = uids.iter().map(ToString::to_string).collect();
        secret_name("prefix", "ns", &uids)
    };
    assert_eq!(name(&["a", "b"]), name(&["b", "a"]));
    assert_ne!(name(&[]), name(&["a"]));
    assert_ne!(name(&["a"]), name(&["a", "b"]));
    let name = name(&[]);
    assert_eq!(name.len(), "prefix".len() + 5);
    assert!(
        name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()),
        "{name}"
    );
}

#[test]
fn a_copy_is_named_after_its_secret_and_its_key_and_the_name_is_one_of_kubernetes() {
    let key: Fingerprint = "SHA256:AQL+f4D/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        .parse()
        .unwrap();
    assert_eq!(copy_name("own", &key), "own-0102fe7f");
    assert_eq!(
        copy_name(&"a".repeat(253), &key),
        format!("{}-0102fe7f", "a".repeat(244))
    );
    let long = format!("{}-{}", "a".repeat(243), "b".repeat(9));
    assert_eq!(copy_name(&long, &key), format!("{}-0102fe7f", "a".repeat(243)));
}
