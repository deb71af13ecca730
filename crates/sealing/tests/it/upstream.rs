//! Items that kubeseal v0.36.6 made.

use sealing::{Label, OpenError, Scope, decode_item};

use crate::fixture::{KEY_2048, KEY_4096, KEY_FOREIGN, fingerprint, ring};

const STRICT: &str = include_str!("../../../../testdata/crypto/strict.yaml");
const NAMESPACE_WIDE: &str = include_str!("../../../../testdata/crypto/namespace-wide.yaml");
const CLUSTER_WIDE: &str = include_str!("../../../../testdata/crypto/cluster-wide.yaml");
const STRICT_4096: &str = include_str!("../../../../testdata/crypto/strict-4096.yaml");

/// The line of an item; kubeseal writes each on one.
fn item(document: &str, key: &str) -> Vec<u8> {
    let start = format!("    {key}: ");
    let text = document
        .lines()
        .find_map(|line| line.strip_prefix(&start))
        .unwrap();
    decode_item(text).unwrap()
}

fn check(document: &str, scope: Scope, key: &[u8]) {
    let ring = ring(&[(1, key)]);
    let label = Label::new(scope, "shop", "database");
    let open = |name| {
        ring.open(&item(document, name), &label, &[])
            .unwrap()
            .plaintext
            .to_vec()
    };
    assert_eq!(open("binary"), [0, 1, 2, 0xfd, 0xfe, 0xff]);
    assert_eq!(open("empty"), b"");
    assert_eq!(open("password"), b"tulip in the window");
    assert_eq!(open("text"), "first line\nzweite Zeile: äöü\n".as_bytes());
}

#[test]
fn a_strict_item_of_kubeseal_opens() {
    check(STRICT, Scope::Strict, KEY_2048);
}

#[test]
fn a_namespace_wide_item_of_kubeseal_opens() {
    check(NAMESPACE_WIDE, Scope::NamespaceWide, KEY_2048);
}

#[test]
fn a_cluster_wide_item_of_kubeseal_opens() {
    check(CLUSTER_WIDE, Scope::ClusterWide, KEY_2048);
}

#[test]
fn an_item_of_kubeseal_with_4096_bits_opens() {
    check(STRICT_4096, Scope::Strict, KEY_4096);
}

#[test]
fn an_item_of_kubeseal_does_not_open_in_another_scope_or_with_another_key() {
    let item = item(STRICT, "password");
    let open = |key, scope| {
        ring(&[(1, key)])
            .open(&item, &Label::new(scope, "shop", "database"), &[])
            .map(|opened| opened.fingerprint)
    };
    for scope in [Scope::NamespaceWide, Scope::ClusterWide] {
        let tried = vec![fingerprint(KEY_2048)];
        assert_eq!(
            open(KEY_2048, scope),
            Err(OpenError::NoKey {
                tried,
                modulus_len: 256
            })
        );
    }
    let tried = vec![fingerprint(KEY_FOREIGN)];
    assert_eq!(
        open(KEY_FOREIGN, Scope::Strict),
        Err(OpenError::NoKey {
            tried,
            modulus_len: 256
        })
    );
}
