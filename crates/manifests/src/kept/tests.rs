use k8s_openapi::ByteString;

use super::*;
use crate::keys::ring_from_pem;
use crate::rendering::Place;

const ONE: &[u8] = include_bytes!("../../../../testdata/crypto/key-2048.pem");
const OTHER: &[u8] = include_bytes!("../../../../testdata/crypto/key-foreign.pem");

/// Everything that a rule looks at, as it was and as it is.
#[derive(Clone)]
struct Run {
    keys: Vec<&'static [u8]>,
    /// The keys that the items are sealed with, by their place in `keys`.
    opened_by: Vec<usize>,
    name: &'static str,
    key: &'static str,
    text: &'static str,
    seen: Vec<(&'static str, &'static str)>,
}

fn run() -> Run {
    Run {
        keys: vec![ONE],
        opened_by: vec![0],
        name: "app",
        key: "token",
        text: "{{ .user }}-{{ randAlphaNum 9 }}",
        seen: vec![("user", "me")],
    }
}

impl Run {
    fn ring(&self) -> KeyRing {
        let mut ring = KeyRing::new();
        for pem in &self.keys {
            ring.extend(ring_from_pem("key", pem).0);
        }
        ring
    }

    /// Returns the kept value and the annotation after a run that finds this Secret.
    fn after(&self, secret: Option<&Secret>, is_same_document: bool) -> (Option<String>, Option<String>) {
        let ring = self.ring();
        let opened_by: Vec<Fingerprint> = self
            .opened_by
            .iter()
            .map(|at| {
                ring_from_pem("key", self.keys[*at])
                    .0
                    .newest()
                    .unwrap()
                    .key
                    .fingerprint()
                    .clone()
            })
            .collect();
        let place = ObjectMeta {
            name: Some(self.name.to_owned()),
            namespace: Some("shop".to_owned()),
            ..ObjectMeta::default()
        };
        let before = Before {
            secret,
            is_same_document,
        };
        let mut kept = Kept::new(before, &ring, opened_by.iter(), &place);
        let entry = Entry {
            place: Place::Data,
            key: self.key,
            text: self.text,
        };
        let seen = self.seen.iter().map(|(key, value)| (*key, value.as_bytes()));
        let value = kept.value(&entry, seen);
        (
            value.map(|value| String::from_utf8(value).unwrap()),
            kept.annotation(),
        )
    }

    /// Returns the Secret of a first run: the computed value, with what is remembered of it.
    fn made(&self) -> Secret {
        let annotation = self.after(None, false).1.unwrap();
        let mut secret = secret();
        secret.metadata.annotations = Some([(KEPT_VALUES.to_owned(), annotation)].into());
        secret
    }
}

/// A Secret with a computed value, of which nothing is remembered.
fn secret() -> Secret {
    Secret {
        data: Some([("token".to_owned(), ByteString(b"me-random".to_vec()))].into()),
        ..Secret::default()
    }
}

const KEPT: Option<&str> = Some("me-random");

#[track_caller]
fn check(run: &Run, secret: &Secret, is_same_document: bool, expected: Option<&str>) {
    assert_eq!(run.after(Some(secret), is_same_document).0.as_deref(), expected);
}

#[test]
fn a_value_stays_while_what_it_was_computed_from_stays() {
    let made = run().made();
    for is_same_document in [true, false] {
        check(&run(), &made, is_same_document, KEPT);
        check(
            &Run {
                text: "{{ .user }}{{ now }}",
                ..run()
            },
            &made,
            is_same_document,
            None,
        );
        check(
            &Run {
                seen: vec![("user", "you")],
                ..run()
            },
            &made,
            is_same_document,
            None,
        );
        check(
            &Run {
                seen: vec![],
                ..run()
            },
            &made,
            is_same_document,
            None,
        );
        check(
            &Run {
                name: "other",
                ..run()
            },
            &made,
            is_same_document,
            None,
        );
    }
}

#[test]
fn a_value_that_is_gone_is_computed_again() {
    let mut gone = run().made();
    gone.data = None;
    check(&run(), &gone, true, None);
    assert_eq!(run().after(None, true).0, None);
}

#[test]
fn a_value_of_which_nothing_is_remembered_stays_while_the_document_is_the_same() {
    check(&run(), &secret(), true, KEPT);
    check(&run(), &secret(), false, None);
    let mut garbled = secret();
    for annotation in [
        "",
        "no JSON",
        "[]",
        "{\"token\": \"no tag\"}",
        "{\"token\": \":\"}",
    ] {
        garbled.metadata.annotations = Some([(KEPT_VALUES.to_owned(), annotation.to_owned())].into());
        check(&run(), &garbled, true, KEPT);
        check(&run(), &garbled, false, None);
    }
}

#[test]
fn a_tag_outlives_the_change_to_another_key_and_then_names_that_one() {
    let made = run().made();
    let resealed = Run {
        keys: vec![ONE, OTHER],
        opened_by: vec![1],
        ..run()
    };
    let (value, annotation) = resealed.after(Some(&made), false);
    assert_eq!(value.as_deref(), KEPT);
    let mut renewed = made.clone();
    renewed.metadata.annotations = Some([(KEPT_VALUES.to_owned(), annotation.unwrap())].into());
    assert_ne!(renewed, made);
    let retired = Run {
        keys: vec![OTHER],
        opened_by: vec![0],
        ..run()
    };
    check(&retired, &renewed, false, KEPT);
    // Without that pass in between nothing can be known of the value.
    check(&retired, &made, true, KEPT);
    check(&retired, &made, false, None);
}

#[test]
fn what_is_remembered_stays_the_same_text_while_nothing_changes() {
    let made = run().made();
    let annotation = made.metadata.annotations.as_ref().unwrap()[KEPT_VALUES].clone();
    assert_eq!(run().after(Some(&made), true).1, Some(annotation.clone()));
    assert!(
        !annotation.contains("random") && !annotation.contains("me"),
        "{annotation}"
    );
}

#[test]
fn equal_inputs_of_two_objects_have_different_tags() {
    let other = Run {
        name: "other",
        ..run()
    };
    assert_ne!(run().after(None, false).1, other.after(None, false).1);
}

#[test]
fn without_a_key_nothing_is_remembered() {
    let keyless = Run {
        keys: vec![],
        opened_by: vec![],
        ..run()
    };
    assert_eq!(keyless.after(None, false), (None, None));
    assert_eq!(keyless.after(Some(&secret()), true).0.as_deref(), KEPT);
}
