//! The form of what is written, and where.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::fixture::{Kubeseal, SECRET};

const FULL: &str = "\
apiVersion: v1
kind: Secret
metadata:
  namespace: shop
  name: db
  annotations: {b: '1', a: two words}
  labels: {z: 'on', app: shop}
immutable: true
type: Opaque
stringData: {b: one, a: two}
";

/// The text with each item as a word.
fn shape(sealed: &str) -> String {
    let is_item = |word: &str| word.len() > 300;
    let words = sealed.split_inclusive(['"', ' ', '\n']);
    let words = words.map(|word| match word.char_indices().next_back() {
        Some((end, last)) if is_item(word) => {
            format!("ITEM{}", if last.is_alphanumeric() { "" } else { &word[end..] })
        }
        _ => word.to_owned(),
    });
    words.collect()
}

#[test]
fn json_has_two_spaces_and_the_order_of_gos_types() {
    let kubeseal = Kubeseal::new();
    let sealed = kubeseal.seal(&[], FULL).succeeded().stdout;
    let expected = r#"{
  "kind": "SealedSecret",
  "apiVersion": "bitnami.com/v1alpha1",
  "metadata": {
    "name": "db",
    "namespace": "shop"
  },
  "spec": {
    "template": {
      "metadata": {
        "name": "db",
        "namespace": "shop",
        "labels": {
          "app": "shop",
          "z": "on"
        },
        "annotations": {
          "a": "two words",
          "b": "1"
        }
      },
      "type": "Opaque",
      "immutable": true
    },
    "encryptedData": {
      "a": "ITEM",
      "b": "ITEM"
    }
  }
}
"#;
    assert_eq!(shape(&sealed), expected);
}

#[test]
fn yaml_begins_with_dashes_and_has_its_keys_in_order() {
    let kubeseal = Kubeseal::new();
    let sealed = kubeseal.seal(&["-o", "Yaml"], FULL).succeeded().stdout;
    let expected = "---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: db
  namespace: shop
spec:
  encryptedData:
    a: ITEM
    b: ITEM
  template:
    immutable: true
    metadata:
      annotations:
        a: two words
        b: \"1\"
      labels:
        app: shop
        z: \"on\"
      name: db
      namespace: shop
    type: Opaque
";
    assert_eq!(shape(&sealed), expected);
}

#[test]
fn the_ending_of_the_file_decides_and_then_the_flag() {
    let kubeseal = Kubeseal::new();
    for (file, format, start) in [
        ("a.yaml", "json", "---\n"),
        ("a.yml", "nonsense", "---\n"),
        ("a.json", "yaml", "---\n"),
        ("a.json", "json", "{\n"),
        ("a", "json", "{\n"),
        ("a.YAML", "", "{\n"),
    ] {
        let run = kubeseal.seal(&["-w", file, "-o", format], SECRET).succeeded();
        assert_eq!(run.stdout, "");
        let written = kubeseal.sandbox.read(file);
        assert!(written.starts_with(start), "{file} {format}: {written}");
    }
    kubeseal
        .seal(&["-o", "xml"], SECRET)
        .failed(1, &["error: unsupported output format: xml"]);
}

#[test]
fn a_file_is_replaced_only_when_all_went_well_and_nothing_is_left_behind() {
    let kubeseal = Kubeseal::new();
    let sandbox = &kubeseal.sandbox;
    sandbox.write("out/a.yaml", "old");
    kubeseal
        .seal(&["-w", "out/a.yaml"], &format!("{SECRET}---\nkind: Pod\n"))
        .failed(1, &["document 2"]);
    assert_eq!(
        (sandbox.read("out/a.yaml").as_str(), sandbox.files("out").len()),
        ("old", 1)
    );
    kubeseal.seal(&["-w", "out/a.yaml"], SECRET).succeeded();
    assert!(sandbox.read("out/a.yaml").starts_with("---\n"));
    assert_eq!(sandbox.files("out"), ["a.yaml"]);
    kubeseal
        .seal(&["-w", "none/a.yaml"], SECRET)
        .failed(1, &["none/a.yaml"]);
}

#[test]
fn a_file_keeps_its_mode_and_a_new_one_is_no_secret() {
    let kubeseal = Kubeseal::new();
    let mode = |file: &str| {
        let about = fs::metadata(kubeseal.sandbox.path(file)).unwrap();
        about.permissions().mode() & 0o777
    };
    kubeseal.sandbox.write("a.yaml", "old");
    fs::set_permissions(kubeseal.sandbox.path("a.yaml"), fs::Permissions::from_mode(0o640)).unwrap();
    kubeseal.seal(&["-w", "a.yaml"], SECRET).succeeded();
    kubeseal.seal(&["-w", "b.yaml"], SECRET).succeeded();
    assert_eq!(mode("a.yaml"), 0o640);
    assert_ne!(mode("b.yaml") & 0o044, 0);
}

#[test]
fn the_file_that_is_read_may_be_written() {
    let kubeseal = Kubeseal::new();
    kubeseal.sandbox.write("a.yaml", SECRET);
    kubeseal.seal(&["-f", "a.yaml", "-w", "a.yaml"], "").succeeded();
    assert!(kubeseal.sandbox.read("a.yaml").contains("kind: SealedSecret"));
}

#[test]
fn json_is_escaped_as_go_escapes_it() {
    let kubeseal = Kubeseal::new();
    let input = FULL.replace("two words", "\"<a>&\\u2028\"");
    let sealed = kubeseal.seal(&[], &input).succeeded().stdout;
    assert!(
        sealed.contains(r#""a": "\u003ca\u003e\u0026\u2028""#),
        "{}",
        shape(&sealed)
    );
}

#[test]
fn a_link_stays_and_its_file_is_written() {
    let kubeseal = Kubeseal::new();
    let (file, link) = (
        kubeseal.sandbox.path("file.yaml"),
        kubeseal.sandbox.path("link.yaml"),
    );
    fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    kubeseal.seal(&["-w", "link.yaml"], SECRET).succeeded();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&file).unwrap().starts_with("---\n"));
}

#[test]
fn a_disk_that_is_full_is_an_error() {
    let kubeseal = Kubeseal::new();
    kubeseal
        .seal(&["-w", "/dev/full"], SECRET)
        .failed(1, &["cannot write `/dev/full`"]);
}
