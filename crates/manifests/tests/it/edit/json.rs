//! JSON, with what a YAML parser would trip over.

use super::{check_text, error, remove, rename, set, set_in};

#[test]
fn a_value_keeps_its_line_breaks() {
    let text = "{\n\t\"kind\": \"SealedSecret\",\n\t\"x\": \"\\ud83d\\ude00 \\u0041\",\n\t\"spec\": {\"encryptedData\": {\"a\": \"AgAA\", \"b\": \"Ag\\/A\\nAgAA\\n\"}}\n}\n";
    check_text(
        text,
        &[set("a", "AgBBBB==")],
        &text.replace("\"AgAA\"", "\"AgBBBB==\""),
    );
    check_text(
        text,
        &[set("b", "AgBBBBBB")],
        &text.replace("Ag\\/A\\nAgAA\\n", "AgBB\\nBBBB\\n"),
    );
    check_text(
        text,
        &[set("b", "AgBBBBBBAgCC")],
        &text.replace("Ag\\/A\\nAgAA\\n", "AgBB\\nBBBB\\nAgCC\\n"),
    );
    check_text(
        text,
        &[set("b", "1234")],
        &text.replace("Ag\\/A\\nAgAA\\n", "1234\\n"),
    );
}

#[test]
fn entries_follow_the_layout_of_their_neighbours() {
    let pretty = |data: &str| {
        format!(
            "{{\n    \"kind\": \"SealedSecret\",\n    \"spec\": {{\n        \"encryptedData\": {data}\n    }}\n}}"
        )
    };
    let check = |before: &str, edits: &[_], after: &str| check_text(&pretty(before), edits, &pretty(after));
    let new = [set("new", "AgBB")];
    check(
        "{\n            \"a\": \"AgAA\"\n        }",
        &new,
        "{\n            \"a\": \"AgAA\",\n            \"new\": \"AgBB\"\n        }",
    );
    check("{}", &new, "{\n            \"new\": \"AgBB\"\n        }");
    check("null", &new, "{\n            \"new\": \"AgBB\"\n        }");
    check(
        "{\n            \"a\": \"AgAA\",\n            \"b\": \"AgAA\"\n        }",
        &[remove("b")],
        "{\n            \"a\": \"AgAA\"\n        }",
    );
    check(
        "{\n            \"a\": \"AgAA\",\n            \"b\": \"AgAA\"\n        }",
        &[remove("a")],
        "{\n            \"b\": \"AgAA\"\n        }",
    );
    check("{\n            \"a\": \"AgAA\"\n        }", &[remove("a")], "{}");
    check("{\"a\": \"AgAA\"}", &[rename("a", "on")], "{\"on\": \"AgAA\"}");
    check("{\"a\": null}", &[set("a", "AgBB")], "{\"a\": \"AgBB\"}");
    check_text(
        "{\n  \"kind\": \"SealedSecret\",\n  \"spec\": {\n    \"template\": {}\n  }\n}\n",
        &new,
        "{\n  \"kind\": \"SealedSecret\",\n  \"spec\": {\n    \"template\": {},\n    \"encryptedData\": {\n      \"new\": \"AgBB\"\n    }\n  }\n}\n",
    );
    check_text(
        "{\r\n\t\"kind\": \"SealedSecret\"\r\n}\r\n",
        &[set("new", "AgBB"), set("x", "AgCC")],
        "{\r\n\t\"kind\": \"SealedSecret\",\r\n\t\"spec\": {\r\n\t\t\"encryptedData\": {\r\n\t\t\t\"new\": \"AgBB\",\r\n\t\t\t\"x\": \"AgCC\"\r\n\t\t}\r\n\t}\r\n}\r\n",
    );
}

#[test]
fn compact_stays_compact() {
    let compact = |data: &str| format!("{{\"kind\":\"SealedSecret\",\"spec\":{{\"encryptedData\":{data}}}}}");
    let check = |before: &str, edits: &[_], after: &str| check_text(&compact(before), edits, &compact(after));
    check(
        "{\"a\":\"AgAA\"}",
        &[set("b", "AgBB")],
        "{\"a\":\"AgAA\",\"b\":\"AgBB\"}",
    );
    check(
        "{}",
        &[set("b", "AgBB"), set("c", "AgCC")],
        "{\"b\":\"AgBB\",\"c\":\"AgCC\"}",
    );
    check(
        "{\"a\":\"AgAA\",\"b\":\"AgAA\"}",
        &[remove("a")],
        "{\"b\":\"AgAA\"}",
    );
    check(
        "{\"a\":\"AgAA\",\"b\":\"AgAA\"}",
        &[remove("b")],
        "{\"a\":\"AgAA\"}",
    );
    check_text(
        "{\"kind\":\"SealedSecret\"}",
        &[set("b", "AgBB")],
        "{\"kind\":\"SealedSecret\",\"spec\":{\"encryptedData\":{\"b\":\"AgBB\"}}}",
    );
}

#[test]
fn objects_one_after_the_other_and_lists_are_each_edited() {
    let text = "{\"kind\":\"SealedSecret\",\"spec\":{\"encryptedData\":{\"a\":\"AgAA\"}}} {\"kind\":\"List\",\"items\":[{\"kind\":\"SealedSecret\",\"spec\":{\"encryptedData\":{\"a\":\"AgA0\"}}}]}";
    check_text(
        text,
        &[set_in(1, "a", "AgCC"), set("a", "AgBB")],
        &text.replace("AgAA", "AgBB").replace("AgA0", "AgCC"),
    );
    let many = "apiVersion: v1\nkind: SealedSecretList\nitems:\n- spec:\n    encryptedData: {a: AgAA}\n";
    check_text(many, &[set("a", "AgBB")], &many.replace("AgAA", "AgBB"));
    assert!(error(text, &[set_in(2, "a", "AgBB")]).contains("has 2 objects"));
}
