//! `chancery reseal` of a repository through the controller.

use std::collections::BTreeMap;
use std::fs;

use aws_lc_rs::rand::SystemRandom;
use sealing::{KeyPair, KeyRing, Label, Scope};
use testkit::eventually;
use testkit::sealed_tree::{Item, Piece, SealedFile, Style, sealed_tree};

use crate::chancery::Shell;
use crate::cluster::cluster;
use crate::keys::{pair, with_two_keys};

fn label(item: &Item) -> Label {
    Label::new(item.scope.parse::<Scope>().unwrap(), &item.namespace, &item.name)
}

fn sealed(pair: &KeyPair, item: &Item) -> String {
    let key = pair.certificate.public_key();
    sealing::encode_item(
        &key.seal(&SystemRandom::new(), &label(item), item.value.as_bytes())
            .unwrap(),
    )
}

/// All that is not an item is as it was, and the newest key alone opens the items.
fn is_new(file: &SealedFile, bytes: &[u8], newest: &KeyRing) {
    let texts = file.variable_texts(bytes).unwrap();
    let variable = file
        .pieces
        .iter()
        .filter(|piece| !matches!(piece, Piece::Fixed(_)));
    for (piece, text) in variable.zip(texts) {
        let Piece::Item(item) = piece else {
            assert_eq!(
                text,
                newest.newest().unwrap().key.fingerprint().as_str(),
                "{}",
                file.path
            );
            continue;
        };
        let bytes = sealing::decode_item(&Style::read(&text)).unwrap();
        let opened = newest.open(&bytes, &label(item), &[]).unwrap();
        assert_eq!(
            *opened.plaintext,
            item.value.as_bytes(),
            "{}: {item:?}",
            file.path
        );
    }
}

#[tokio::test]
async fn a_repository_goes_to_the_newest_key_through_the_controller_and_only_ciphertexts_change() {
    let (cluster, namespace) = cluster("tree").await;
    let (old, new) = (pair(2048, 0), pair(2048, 1));
    let controller = with_two_keys(&cluster, &namespace, &old, &new).await;
    let shell = Shell::new(&cluster, &namespace);
    Shell::expose(&cluster, &namespace, &controller).await;
    eventually("the certificate comes through the API server", async || {
        let ended = shell.run(&["cert"]).await;
        (ended.code == Some(0)).then_some(()).ok_or(ended.stderr)
    })
    .await;

    let files = sealed_tree(60);
    let hint = old.certificate.fingerprint().to_string();
    let mut before: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for file in &files {
        let bytes = file.render(
            &mut |item| sealed(if item.current { &new } else { &old }, item),
            &hint,
        );
        file.write(&shell.path("tree"), &bytes);
        before.insert(&file.path, bytes);
    }
    let read = |file: &SealedFile| fs::read(shell.path("tree").join(&file.path)).unwrap();

    let check = shell.run(&["reseal", "tree", "--check"]).await;
    assert_eq!(check.code, Some(3), "{}{}", check.stdout, check.stderr);
    assert!(files.iter().all(|file| read(file) == before[file.path.as_str()]));

    shell.run(&["reseal", "tree"]).await.succeeded();
    let (newest, _) = manifests::keys::ring_from_pem(
        "new",
        format!("{}{}", new.private_key_pem().as_str(), new.certificate.to_pem()).as_bytes(),
    );
    for file in &files {
        let bytes = read(file);
        if file.items().any(|item| !item.current) {
            is_new(file, &bytes, &newest);
        } else {
            assert_eq!(bytes, before[file.path.as_str()], "{}", file.path);
        }
    }

    shell.run(&["reseal", "tree", "--check"]).await.succeeded();
    let again = shell.run(&["reseal", "tree"]).await.succeeded();
    assert!(again.stdout.starts_with("nothing to re-seal"), "{}", again.stdout);
}
