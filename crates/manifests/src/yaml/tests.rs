use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Texts that a YAML 1.1 or 1.2 reader could take for something other than a string.
const AWKWARD: &[&str] = &[
    "",
    " ",
    "~",
    "null",
    "Null",
    "NULL",
    "true",
    "True",
    "yes",
    "Yes",
    "YES",
    "no",
    "on",
    "off",
    "y",
    "n",
    "Y",
    "N",
    "1",
    "-1",
    "+1",
    "012",
    "0o14",
    "0x1F",
    "0b11",
    "1_000",
    "1.5",
    ".5",
    "1e3",
    "12e03",
    ".inf",
    "-.Inf",
    ".nan",
    "1:20",
    "190:20:30",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "=",
    "<<",
    "!x",
    "&x",
    "*x",
    "- x",
    "? x",
    ": x",
    "x: y",
    "x #y",
    "#x",
    "%x",
    "@x",
    "`x",
    "[x",
    "{x",
    "x]",
    "|",
    ">",
    "'x",
    "\"x",
    "x\ny",
    "x\n",
    "\nx",
    "\n",
    "\n\n",
    " x\ny",
    "x\n y\n",
    "x\n\n\n",
    "\tx",
    "x\t",
    "x\r\ny",
    "\r",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{0}",
    "\u{7f}",
    "---",
    "...",
    "--- x",
    "x\n---\ny",
    "x \ny",
    "é",
    "😀",
];

fn check(value: &Value) {
    let text = to_string(value).unwrap();
    match parse(&text) {
        Ok(read) => assert_eq!(&read, value, "{text}"),
        Err(error) => panic!("{value} is written as\n{text}which fails: {}", error.message),
    }
}

#[test]
fn awkward_strings_read_back_as_values_and_as_keys() {
    for text in AWKWARD {
        check(&json!({"outer": {"value": text, "list": [text, text]}, "after": 1}));
        check(&json!({*text: 1}));
    }
}

#[test]
fn long_base64_stays_on_one_line() {
    let item = "A".repeat(900);
    assert_eq!(
        to_string(&json!({"a": {"b": item}})).unwrap(),
        format!("a:\n  b: {item}\n")
    );
}

#[test]
fn several_lines_become_a_literal_block() {
    assert_eq!(to_string(&json!({"a": "x\ny\n"})).unwrap(), "a: |\n  x\n  y\n");
}

proptest! {
    #[test]
    fn any_strings_read_back(key in "\\PC{0,8}", value in "[\\PC\\n\\t\\r ]{0,40}", other in any::<String>()) {
        check(&json!({key: value, "list": [other, {"nested": value}]}));
    }

    #[test]
    fn any_text_is_parsed_or_refused_without_a_panic(text in any::<String>(), yamlish in "[-a:?&*!|>{}\\[\\],#'\"\n ]{0,60}") {
        for text in [text, yamlish] {
            if let Err(error) = parse(&text) {
                prop_assert!(!error.message.is_empty());
            }
        }
    }
}
