//! Edited texts through Go's reader: what we made of them, kubeseal opens.

use std::collections::BTreeMap;

use aws_lc_rs::rand::SystemRandom;
use manifests::edit::{Edit, read};
use sealing::{Certificate, Label, Scope};
use serde_json::Value;
use testkit::case::testdata;

use crate::kubeseal::kubeseal;

/// Items in every style that can hold a ciphertext; `X` stands for one.
const TEXT: &str = "# Above.
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: styles, namespace: shop} # c
spec:
  encryptedData:
    plain: X # c
    'single': 'X'
    double: !!str \"X\"
    ? explicit
    : X
    # Wrapped.
    literal: |
      XX
      XX
      X

    literal2: &x |2-
      XX
      XX
    folded: >-
      XX

      XX
    continued: \"XX\\
      XX\"
    escaped: \"XX\\nXX\\n\"
    spread: XX

      XX
    alias: *x
    removed: X
    renamed: X
    empty:
    word: no ciphertext
  template:
    data: {}
";

#[test]
fn kubeseal_opens_what_was_edited_in_every_style() {
    let certificate = std::fs::read(testdata().join("crypto/cert-2048.pem")).unwrap();
    let (certificate, random) = (Certificate::from_pem(&certificate).unwrap(), SystemRandom::new());
    let label = Label::new(Scope::Strict, "shop", "styles");
    let seal = |value: &str| {
        let item = certificate
            .public_key()
            .seal(&random, &label, value.as_bytes())
            .unwrap();
        sealing::encode_item(&item)
    };
    for line_break in ["\n", "\r\n"] {
        let text = TEXT.replace('\n', line_break).replace('X', &"AgBy".repeat(15));
        let editable = read("f.yaml", text.as_bytes()).unwrap();
        let set = |key: &str, item: String| Edit::SetItem {
            object: 0,
            key: key.to_owned(),
            item,
        };
        let mut edits = Vec::new();
        let mut expected = BTreeMap::new();
        let shared = seal("value of literal2");
        for item in editable.items(0).unwrap() {
            let key = item.key.as_str();
            let sealed = match key {
                "removed" => continue,
                "literal2" | "alias" => shared.clone(),
                _ => seal(&format!("value of {key}")),
            };
            let value = if key == "alias" {
                "value of literal2".to_owned()
            } else {
                format!("value of {key}")
            };
            expected.insert(key.to_owned(), value);
            edits.push(set(key, sealed));
        }
        for key in ["on", "1_000", "tls.crt"] {
            edits.push(set(key, seal(&format!("value of {key}"))));
            expected.insert(key.to_owned(), format!("value of {key}"));
        }
        edits.push(Edit::RemoveItem {
            object: 0,
            key: "removed".to_owned(),
        });
        let edited = editable.edit(&edits).unwrap().text;
        let edited = read("f.yaml", edited.as_bytes()).unwrap();
        let rename = Edit::RenameItem {
            object: 0,
            from: "renamed".to_owned(),
            to: "012".to_owned(),
        };
        let edited = edited.edit(&[rename]).unwrap().text;
        let renamed = expected.remove("renamed").unwrap();
        expected.insert("012".to_owned(), renamed);

        let key = testdata().join("crypto/key-2048.pem");
        let secret = kubeseal(
            &[
                "--recovery-unseal",
                "--recovery-private-key",
                key.to_str().unwrap(),
            ],
            &edited,
        );
        let secret: Value = serde_json::from_str(&secret).unwrap();
        let opened = secret["data"].as_object().unwrap().iter().map(|(key, value)| {
            let value = sealing::decode_item(value.as_str().unwrap()).unwrap();
            (key.clone(), String::from_utf8(value).unwrap())
        });
        assert_eq!(opened.collect::<BTreeMap<_, _>>(), expected);
    }
}
