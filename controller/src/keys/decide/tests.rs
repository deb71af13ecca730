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
        held: 1,
        requests: 0,
        unkept: None,
    }
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
        (true, true, 0, true),
        (false, true, 0, false),
        (true, false, 0, false),
        (true, true, 1, false),
    ] {
        let observed = Observed {
            leader,
            synced,
            held,
            ..at_rest()
        };
        assert_eq!(
            due(&observed).contains(&(Due::Generate, NOW)),
            expected,
            "{leader} {synced} {held}"
        );
    }
}

#[test]
fn a_request_is_filled_by_the_leader_and_the_first_key_is_made_after_it_only_where_there_is_none() {
    for (held, expected) in [(0, vec![Due::Fill, Due::Generate]), (3, vec![Due::Fill])] {
        let asked = Observed {
            requests: 2,
            held,
            ..at_rest()
        };
        let expected: Vec<_> = expected.into_iter().map(|due| (due, NOW)).collect();
        assert_eq!(due(&asked), expected, "{held}");
        assert_eq!(
            due(&Observed {
                leader: false,
                ..asked
            }),
            [],
            "{held}"
        );
    }
}

#[test]
fn nothing_is_made_before_every_kind_of_key_was_looked_at() {
    let early = Observed {
        synced: false,
        held: 0,
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
