//! Archives that are left over: the key is in use as before.

use super::*;

fn replaced(secret: &str, pair: &Pair) -> Notice {
    Notice::Replaced {
        secret: secret.to_owned(),
        fingerprint: pair.fingerprint().clone(),
    }
}

#[test]
fn an_archive_takes_no_key_out_of_use_that_another_secret_has_active_in_whatever_order_they_are_seen() {
    for archive_first in [true, false] {
        let own = key(1);
        let mut holdings = Holdings::default();
        if archive_first {
            assert_eq!(holdings.archived("own-archived", Some(&name(&own))), []);
        }
        assert_eq!(holdings.stored("own", own.clone(), false), [added("own", &own)]);
        assert_eq!(holdings.archived("own-archived", Some(&name(&own))), []);
        assert_eq!(served(&holdings), Some(name(&own)));
        assert_eq!(unkept(&holdings), []);
    }
}

#[test]
fn a_key_that_is_replaced_in_place_is_stored_again_active_though_there_is_an_archive_of_it() {
    let (first, second) = (key(1), key(2));
    let mut holdings = Holdings::default();
    holdings.stored("own", first.clone(), false);
    holdings.archived("own-archived", Some(&name(&first)));
    assert_eq!(
        holdings.stored("own", second.clone(), false),
        [replaced("own", &first), added("own", &second)]
    );
    let waits = [("own".to_owned(), name(&first))];
    assert_eq!(unkept(&holdings), waits);
    assert_eq!(served(&holdings), None);
    // The watch begins anew and brings the archive again.
    assert_eq!(holdings.archived("own-archived", Some(&name(&first))), []);
    assert_eq!(unkept(&holdings), waits);
    assert_eq!(holdings.ring().len(), 2);
    holdings.stored("copy", first, false);
    assert_eq!(served(&holdings), Some(name(&second)));
    assert_eq!(unkept(&holdings), []);
}

#[test]
fn a_key_whose_secret_is_deleted_is_lost_though_there_is_an_archive_of_it() {
    let own = key(1);
    let mut holdings = Holdings::default();
    holdings.stored("own", own.clone(), false);
    holdings.archived("own-archived", Some(&name(&own)));
    assert_eq!(holdings.gone("own"), lost("own", &own));
    assert_eq!(served(&holdings), None);
    assert_eq!(holdings.archived("own-archived", Some(&name(&own))), []);
    assert!(holdings.ring().get(own.fingerprint()).is_some());
    assert_eq!(unkept(&holdings), []);
}

#[test]
fn a_key_in_a_borrowed_secret_has_an_active_copy_though_there_is_an_archive_of_it() {
    let own = key(1);
    let mut holdings = Holdings::default();
    holdings.archived("borrowed-archived", Some(&name(&own)));
    holdings.stored("borrowed", own.clone(), true);
    assert_eq!(unkept(&holdings), [("borrowed".to_owned(), name(&own))]);
    assert_eq!(served(&holdings), None);
}

#[test]
fn a_key_whose_secrets_are_all_retired_or_archived_is_out_of_use_and_not_stored_again() {
    let own = key(1);
    let mut holdings = Holdings::default();
    holdings.stored("own", own.clone(), false);
    holdings.archived("own-archived", Some(&name(&own)));
    assert_eq!(holdings.disabled("own", Some(name(&own))), disabled("own", &own));
    assert_eq!((holdings.ring().len(), unkept(&holdings)), (0, vec![]));
    // Taken back, and archived itself.
    assert_eq!(holdings.stored("own", own.clone(), false), [added("own", &own)]);
    assert_eq!(holdings.archived("own", Some(&name(&own))), disabled("own", &own));
    assert_eq!((holdings.ring().len(), unkept(&holdings)), (0, vec![]));
    holdings.gone("own");
    assert_eq!((holdings.ring().len(), unkept(&holdings)), (0, vec![]));
}

#[test]
fn a_secret_that_was_out_of_use_by_another_label_and_is_archived_says_nothing_more_about_its_key() {
    let own = key(1);
    let mut holdings = Holdings::default();
    holdings.stored("own", own.clone(), false);
    holdings.disabled("copy", Some(name(&own)));
    holdings.archived("copy", Some(&name(&own)));
    assert_eq!(holdings.gone("own"), lost("own", &own));
}

#[test]
fn who_archives_one_of_two_secrets_with_a_key_is_told_of_the_other() {
    let own = key(1);
    let mut holdings = Holdings::default();
    holdings.stored("a", own.clone(), false);
    holdings.stored("b", own.clone(), false);
    let still = Notice::StillInUse {
        secret: "a".to_owned(),
        elsewhere: "b".to_owned(),
        fingerprint: name(&own),
    };
    assert_eq!(holdings.archived("a", Some(&name(&own))), [still]);
    assert_eq!(served(&holdings), Some(name(&own)));
}
