//! Texts, good and bad.

use std::fmt::Write as _;

use manifests::documents::{Document, DocumentError, Format, MAX_BYTES, read};
use proptest::prelude::*;

/// A value that must never show in a message.
const CANARY: &str = "hunter2-canary";

fn error(text: impl AsRef<[u8]>) -> String {
    let error = read("f.yaml", text.as_ref()).unwrap_err();
    let message = error.to_string();
    assert!(
        !message.contains(CANARY) && !format!("{error:?}").contains(CANARY),
        "{message}"
    );
    message
}

/// Number, line and name of each document.
fn check(text: &str, expected: &[(usize, usize, &str)]) {
    let documents = read("f.yaml", text.as_bytes()).unwrap();
    let found: Vec<_> = documents
        .iter()
        .map(|document| (document.index, document.line, document.name().unwrap_or_default()))
        .collect();
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn documents_are_counted_and_have_the_line_of_their_first_content() {
    check(
        "metadata: {name: a}\n---\nmetadata: {name: b}\n",
        &[(1, 1, "a"), (2, 3, "b")],
    );
    check(
        "---\nmetadata: {name: a}\n---\n\n# note\nmetadata: {name: b}\n---\n",
        &[(1, 2, "a"), (2, 6, "b")],
    );
    check("# note\n---\nmetadata: {name: a}", &[(1, 3, "a")]);
    check(
        "--- {metadata: {name: a}}\n--- # note\nmetadata: {name: b}\n",
        &[(1, 1, "a"), (2, 3, "b")],
    );
    check(
        "%YAML 1.2\n---\nmetadata: {name: a}\n...\n---\nmetadata: {name: b}\n",
        &[(1, 3, "a"), (2, 6, "b")],
    );
}

#[test]
fn documents_without_content_are_counted_and_passed_over() {
    check("", &[]);
    check("\n\n  \n", &[]);
    check("# only\n# comments\n", &[]);
    check(
        "---\n---\n# note\n---\nnull\n---\nmetadata: {name: a}\n",
        &[(4, 7, "a")],
    );
}

#[test]
fn carriage_returns_and_a_byte_order_mark_change_nothing() {
    check(
        "\u{feff}metadata:\r\n  name: a\r\n---\r\nmetadata:\r\n  name: b\r\n",
        &[(1, 1, "a"), (2, 4, "b")],
    );
    check(
        "\u{feff}{\"metadata\": {\"name\": \"a\"}}\r\n{\"metadata\": {\"name\": \"b\"}}",
        &[(1, 1, "a"), (2, 2, "b")],
    );
}

#[test]
fn a_separator_inside_a_text_separates_nothing() {
    let text = "metadata: {name: a}\nstringData:\n  script: |\n    one\n    ---\n    two\n---\nmetadata: {name: b}\n";
    check(text, &[(1, 1, "a"), (2, 7 + 1, "b")]);
    let documents = read("f.yaml", text.as_bytes()).unwrap();
    assert_eq!(documents[0].value["stringData"]["script"], "one\n---\ntwo\n");
    check("metadata: {name: a}\nx: ---y\nz: '--- q'\n", &[(1, 1, "a")]);
}

#[test]
fn json_objects_stand_one_after_the_other() {
    let text = "{\"metadata\": {\"name\": \"a\"}}{\"metadata\":\n{\"name\": \"b\"}}\n\n  {\"metadata\": {\"name\": \"c\"}}\n";
    check(text, &[(1, 1, "a"), (2, 1, "b"), (3, 4, "c")]);
    assert!(
        read("f", text.as_bytes())
            .unwrap()
            .iter()
            .all(|document| document.format == Format::Json)
    );
}

#[test]
fn braces_can_begin_yaml_too() {
    check(
        "{metadata: {name: a}}\n---\nmetadata: {name: b}\n",
        &[(1, 1, "a"), (2, 3, "b")],
    );
    check(
        "{\"metadata\": {\"name\": \"a\"}}\n---\n{\"metadata\": {\"name\": \"b\"}}\n",
        &[(1, 1, "a"), (2, 3, "b")],
    );
}

#[test]
fn json_followed_by_garbage_is_an_error_and_ends() {
    let message = error(format!("{{\"a\": 1}}\n{{\"b\": 2}}\n{CANARY}"));
    assert_eq!(
        message,
        "f.yaml, document 3 (line 3): not valid JSON: expected value"
    );
    assert!(error(format!("{{\"a\": \"{CANARY}\"}} }}")).starts_with("f.yaml, document 2 (line 1): "));
    assert!(error(format!("{{\"a\": \"{CANARY}")).starts_with("f.yaml, document 1 (line 1): "));
    assert!(
        error(format!("{{\"a\": 1}}\n[\"{CANARY}\"]")).contains("document 2 (line 2): expected an object")
    );
}

#[test]
fn bytes_that_are_no_utf_8_are_an_error_with_their_line() {
    let text = [b"a: 1\nb: ".as_slice(), &[0xff, 0xfe], CANARY.as_bytes()].concat();
    assert!(error(&text).starts_with("f.yaml is not UTF-8 (line 2)"));
    let text = [b"{\"a\": 1}\n".as_slice(), &[0xff]].concat();
    assert!(
        error(&text).starts_with("f.yaml is not UTF-8 (line 2)"),
        "kubeseal loops for ever on this"
    );
    let utf_16: Vec<u8> = "\u{feff}a: 1\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(error(&utf_16).starts_with("f.yaml is not UTF-8 (line 1)"));
}

#[test]
fn a_fault_has_its_document_and_line() {
    let check = |text: String, start: &str| {
        let message = error(&text);
        assert!(message.starts_with(start), "{message}");
    };
    check(
        format!("a: 1\n---\nb: 2\nc: [{CANARY}\n---\nd: 1\n"),
        "f.yaml, document 2 (line 4",
    );
    check(
        format!("a: 1\n\tb: {CANARY}\n"),
        "f.yaml, document 1 (line 1): while scanning a plain scalar, found a tab",
    );
    check(
        format!("a:\n\t- {CANARY}\n"),
        "f.yaml, document 1 (line 2): tabs disallowed",
    );
    check(
        format!("password: {CANARY}\n b: 1\n"),
        "f.yaml, document 1 (line 2): ",
    );
    check(
        format!("password: {CANARY}: x\n"),
        "f.yaml, document 1 (line 1): ",
    );
    check(format!("password: \"{CANARY}\n"), "f.yaml, document 1 (line ");
    check(
        format!("password: *{CANARY}\n"),
        "f.yaml, document 1 (line 1): an alias",
    );
    check(
        format!("password: @{CANARY}\n"),
        "f.yaml, document 1 (line 1): a character that",
    );
    check(
        format!("x: .inf # {CANARY}\n"),
        "f.yaml, document 1 (line 1): a number that is not finite",
    );
}

#[test]
fn a_key_that_stands_twice_is_an_error_in_both_formats() {
    let yaml = format!("stringData:\n  password: one\n  password: {CANARY}\n");
    assert_eq!(
        error(yaml),
        "f.yaml, document 1 (line 3): the key `password` stands twice in one mapping"
    );
    let json = format!("{{\"d\": {{\"p\": 1,\n\"p\": \"{CANARY}\"}}}}");
    assert_eq!(
        error(json),
        "f.yaml, document 1 (line 2): not valid JSON: the key `p` stands twice in one object"
    );
}

#[test]
fn documents_that_are_no_objects_are_errors() {
    assert_eq!(
        error(format!("- {CANARY}\n")),
        "f.yaml, document 1 (line 1): expected an object with `apiVersion` and `kind`, found a list"
    );
    assert!(error(format!("a: 1\n---\n{CANARY}\n")).ends_with("found a text"));
    assert!(error("5").ends_with("found a number"));
    assert!(error("[{}]").ends_with("found a list"));
    assert!(error("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").contains("found a text"));
}

#[test]
fn ten_mebibytes_are_read_and_one_byte_more_is_not() {
    let mut text = "a: 1\n# ".to_owned();
    text.push_str(&"x".repeat(MAX_BYTES - text.len()));
    assert_eq!(read("f", text.as_bytes()).unwrap().len(), 1);
    text.push('x');
    let expected = DocumentError::TooLong {
        file: "f".to_owned(),
        len: MAX_BYTES + 1,
        max: MAX_BYTES,
    };
    assert_eq!(read("f", text.as_bytes()).unwrap_err(), expected);
}

#[test]
fn a_mapping_of_a_hundred_thousand_keys_is_read() {
    let mut text = "data:\n".to_owned();
    for key in 0..100_000 {
        writeln!(text, "  key-{key}: dHVsaXA=").unwrap();
    }
    assert_eq!(
        read("f", text.as_bytes()).unwrap()[0].value["data"]
            .as_object()
            .unwrap()
            .len(),
        100_000
    );
}

#[test]
fn deep_nesting_is_refused_in_every_form() {
    let mut block = String::new();
    for depth in 0..3000 {
        writeln!(block, "{}a:", " ".repeat(depth)).unwrap();
    }
    let forms = [
        format!("a: {}", "[".repeat(100_000)),
        format!("a: {}", "{a: ".repeat(100_000)),
        format!("a: {}{}", "[".repeat(20_000), "]".repeat(20_000)),
        format!("{{\"a\": {}", "[".repeat(100_000)),
        format!("{{\"a\": {}1{}}}", "[".repeat(5000), "]".repeat(5000)),
        format!("a:\n{}", "- ".repeat(100_000)),
        block,
    ];
    for text in forms {
        assert!(read("f", text.as_bytes()).is_err(), "{}", &text[..20]);
    }
}

#[test]
fn aliases_that_grow_beyond_all_measure_are_refused() {
    let mut text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(9);
        writeln!(text, "a{level}: &a{level} [{}]", before.trim_end_matches(", ")).unwrap();
    }
    assert!(error(text).contains("aliases grow beyond all measure"));
}

#[test]
fn anchors_aliases_and_merge_keys_are_resolved() {
    let text = "base: &base {a: 1, b: 2}\nmetadata:\n  name: &n x\nother:\n  <<: *base\n  b: 3\n  c: *n\n";
    let value = &read("f", text.as_bytes()).unwrap()[0].value["other"];
    assert_eq!(*value, serde_json::json!({"a": 1, "b": 3, "c": "x"}));
}

#[test]
fn what_is_printed_for_developers_holds_no_value() {
    let text = format!("kind: Secret\nmetadata: {{name: a}}\nstringData: {{password: {CANARY}}}\n");
    let printed = format!("{:?}", read("f", text.as_bytes()).unwrap());
    assert!(
        printed.contains("Secret") && !printed.contains(CANARY),
        "{printed}"
    );
}

fn places(documents: &[Document]) -> Vec<usize> {
    documents.iter().map(|document| document.index).collect()
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, text in "[-{}\\[\\]\"':,#&*!|>%?.a1\n\r\t ]{0,80}", json in "[{}\\[\\]\":,a1\n ]{0,60}") {
        for text in [bytes, text.into_bytes(), format!("{{{json}").into_bytes()] {
            if let Ok(documents) = read("f", &text) {
                let places = places(&documents);
                prop_assert!(places.is_sorted());
            }
        }
    }
}
