use jiff::Timestamp;

use super::*;
use crate::cluster::ObjectName;
use crate::key_listing::KeyState;

fn fingerprint(letter: &str) -> Fingerprint {
    format!("SHA256:{letter}{}", "A".repeat(42)).parse().unwrap()
}

fn key(letter: &str, state: KeyState) -> KeyListing {
    KeyListing {
        name: Some(letter.to_owned()),
        state,
        expires: Some(Timestamp::UNIX_EPOCH),
        ..KeyListing::missing(fingerprint(letter))
    }
}

fn needs(letter: &str) -> KeyUsage {
    let needed = Needed {
        objects: vec![ObjectName::default()],
        items: 2,
    };
    KeyUsage {
        by_key: [(fingerprint(letter), needed)].into(),
        ..KeyUsage::default()
    }
}

fn unseen() -> KeyUsage {
    KeyUsage {
        unseen: vec![Unseen::All {
            reason: "not allowed".to_owned(),
        }],
        ..KeyUsage::default()
    }
}

/// The word for `letter` among these keys, newest first.
fn word(letter: &str, keys: &[KeyListing], usage: Option<&KeyUsage>) -> Option<&'static str> {
    let obstacle = standing(Some(&fingerprint(letter)), keys, usage).obstacle();
    obstacle.map(|obstacle| obstacle.word)
}

#[test]
fn an_older_key_that_nothing_needs_is_free() {
    let keys = [key("n", KeyState::Active), key("o", KeyState::Active)];
    assert_eq!(word("o", &keys, Some(&KeyUsage::default())), None);
    assert_eq!(word("o", &keys, None), None);
    assert_eq!(word("o", &keys, Some(&needs("n"))), None);
}

#[test]
fn the_newest_in_use_is_refused_expired_or_not() {
    for state in [KeyState::Active, KeyState::Expired] {
        let keys = [
            key("r", KeyState::Retired),
            key("n", state),
            key("o", KeyState::Active),
        ];
        assert_eq!(word("n", &keys, Some(&KeyUsage::default())), Some("newest"));
        assert_eq!(word("o", &keys, Some(&KeyUsage::default())), None);
    }
}

#[test]
fn what_has_no_certificate_is_not_sealed_with_and_so_not_the_newest() {
    let bare = KeyListing {
        expires: None,
        ..key("b", KeyState::Active)
    };
    let keys = [bare.clone(), key("o", KeyState::Active)];
    assert_eq!(word("o", &keys, None), Some("newest"));
    assert_eq!(word("b", &keys, None), None);
    assert_eq!(word("b", &[bare], None), Some("newest"));
}

#[test]
fn a_key_that_is_needed_or_of_which_that_is_not_known_is_refused() {
    let keys = [key("n", KeyState::Active), key("o", KeyState::Active)];
    assert_eq!(word("o", &keys, Some(&needs("o"))), Some("needed"));
    assert_eq!(word("o", &keys, Some(&unseen())), Some("unseen"));
    let mut both = needs("o");
    both.unseen = unseen().unseen;
    assert_eq!(word("o", &keys, Some(&both)), Some("needed"));
    let unopened = KeyUsage {
        unopened: vec![crate::key_usage::Unopened {
            object: ObjectName::default(),
            items: vec!["a".to_owned()],
        }],
        ..KeyUsage::default()
    };
    assert_eq!(word("o", &keys, Some(&unopened)), None);
}

#[test]
fn a_secret_that_is_written_by_something_else_is_refused() {
    let owned = KeyListing {
        is_owned: true,
        ..key("o", KeyState::Active)
    };
    let keys = [key("n", KeyState::Active), owned, key("o", KeyState::Active)];
    assert_eq!(word("o", &keys, None), Some("owned"));
}

#[test]
fn a_key_is_out_of_use_only_when_no_secret_with_it_is_active() {
    let keys = [key("n", KeyState::Active), key("o", KeyState::Retired)];
    assert_eq!(word("o", &keys, Some(&needs("o"))), Some(""));
    let with_copy = [
        key("n", KeyState::Active),
        key("o", KeyState::Retired),
        key("o", KeyState::Active),
    ];
    assert_eq!(word("o", &with_copy, None), None);
    assert_eq!(standing(None, &keys, None), Standing::OutOfUse);
}

#[test]
fn each_line_says_what_needs_it_and_a_key_that_is_stored_nowhere_gets_one() {
    let keys = vec![key("n", KeyState::Active), key("o", KeyState::Retired)];
    let judged = judge(keys.clone(), Some(&needs("x")));
    let counts: Vec<_> = judged
        .iter()
        .map(|key| (key.state, key.objects, key.items, key.retirable))
        .collect();
    assert_eq!(
        counts,
        [
            (KeyState::Active, Some(0), Some(0), false),
            (KeyState::Retired, Some(0), Some(0), false),
            (KeyState::Missing, Some(1), Some(2), false),
        ]
    );
    let unknown = judge(keys.clone(), Some(&unseen()));
    assert!(unknown.iter().all(|key| (key.objects, key.items) == (None, None)));
    let local = judge(keys, None);
    assert!(local.iter().all(|key| (key.objects, key.items) == (None, None)));
}
