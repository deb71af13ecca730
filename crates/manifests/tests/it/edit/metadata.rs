//! Labels and annotations of the template that are set.

use manifests::edit::{Edit, TemplateField};

use super::{check_text, error, set};

fn label(name: &str, value: &str) -> Edit {
    put(TemplateField::Labels, name, value)
}

fn annotation(name: &str, value: &str) -> Edit {
    put(TemplateField::Annotations, name, value)
}

fn put(field: TemplateField, name: &str, value: &str) -> Edit {
    Edit::SetTemplateMetadata {
        object: 0,
        field,
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

/// What stands behind the items, before and after.
#[track_caller]
fn check(before: &str, edits: &[Edit], after: &str) {
    let whole = |template: &str| {
        format!(
            "# Above.\nkind: SealedSecret\nspec:\n  encryptedData:\n    a: AgAA # item\n{template}---\nkind: Other # kept\n"
        )
    };
    for line_break in ["\n", "\r\n"] {
        let whole = |template| whole(template).replace('\n', line_break);
        check_text(&whole(before), edits, &whole(after));
    }
    let tail = |template: &str| {
        let whole = whole(template);
        whole.split("\n---").next().unwrap().to_owned()
    };
    check_text(&tail(before), edits, &tail(after));
}

#[test]
fn a_new_one_stands_behind_the_last_in_its_quotes() {
    let edits = [label("tier", "web"), annotation("note", "yes: it is")];
    check(
        "  template:\n    metadata:\n      labels:\n        app: shop # the shop\n      annotations:\n        'a/b': 'c'\n",
        &edits,
        "  template:\n    metadata:\n      labels:\n        app: shop # the shop\n        tier: web\n      annotations:\n        'a/b': 'c'\n        'note': 'yes: it is'\n",
    );
    check(
        "  template: {metadata: {labels: {app: shop}, annotations: {\"a\": \"b\"}}}\n",
        &edits,
        "  template: {metadata: {labels: {app: shop, tier: web}, annotations: {\"a\": \"b\", \"note\": \"yes: it is\"}}}\n",
    );
}

#[test]
fn mappings_that_are_missing_are_made() {
    let edits = [annotation("note", "on"), label("app", "shop"), label("tier", "1")];
    let made =
        "      annotations:\n        note: \"on\"\n      labels:\n        app: shop\n        tier: \"1\"\n";
    check("", &edits, &format!("  template:\n    metadata:\n{made}"));
    for nothing in [
        "  template:\n",
        "  template: {}\n",
        "  template: null\n",
        "  template: ~\n",
    ] {
        check(nothing, &edits, &format!("  template:\n    metadata:\n{made}"));
    }
    check(
        "  template:\n    metadata:\n      name: db\n    type: Opaque\n",
        &edits,
        &format!("  template:\n    metadata:\n      name: db\n{made}    type: Opaque\n"),
    );
    check(
        "  template:\n    metadata:\n      name: db\n      labels:\n      annotations: {}\n",
        &edits,
        "  template:\n    metadata:\n      name: db\n      labels:\n        app: shop\n        tier: \"1\"\n      annotations:\n        note: \"on\"\n",
    );
    check(
        "  template: {type: Opaque}\n",
        &edits,
        "  template: {type: Opaque, metadata: {annotations: {note: \"on\"}, labels: {app: shop, tier: \"1\"}}}\n",
    );
}

#[test]
fn mappings_that_end_at_one_place_get_theirs_in_order() {
    let edits = [set("b", "AgBB"), label("app", "shop"), annotation("note", "x")];
    check_text(
        "kind: SealedSecret\nspec:\n  template:\n    metadata:\n      labels:\n        tier: web\n  encryptedData:\n    a: AgAA",
        &edits,
        "kind: SealedSecret\nspec:\n  template:\n    metadata:\n      labels:\n        tier: web\n        app: shop\n      annotations:\n        note: x\n  encryptedData:\n    a: AgAA\n    b: AgBB",
    );
    check_text(
        "kind: SealedSecret\nspec:\n  encryptedData:\n    a: AgAA\n---\na: b\n",
        &edits,
        "kind: SealedSecret\nspec:\n  encryptedData:\n    a: AgAA\n    b: AgBB\n  template:\n    metadata:\n      annotations:\n        note: x\n      labels:\n        app: shop\n---\na: b\n",
    );
    check_text(
        "kind: SealedSecret\nspec:\n",
        &edits[..2],
        "kind: SealedSecret\nspec:\n  encryptedData:\n    b: AgBB\n  template:\n    metadata:\n      labels:\n        app: shop\n",
    );
}

#[test]
fn one_that_is_there_gets_another_value_and_nothing_else_changes() {
    let template = |value: &str| {
        format!(
            "  template:\n    metadata:\n      annotations:\n        first: 1st\n        note: {value}\n        # below\n        z: z\n"
        )
    };
    let check_value = |before: &str, new: &str, after: &str| {
        check(&template(before), &[annotation("note", new)], &template(after));
    };
    check_value("old # c", "new", "new # c");
    check_value("old", "two\nlines", "\"two\\nlines\"");
    check_value("'old' # c", "it's", "'it''s' # c");
    check_value("'old'", "a\tb", "\"a\\tb\"");
    check_value("\"old\"", "say \"x\\y\"", "\"say \\\"x\\\\y\\\"\"");
    check_value("|\n          some\n          lines", "one", "one");
    check_value(">-\n          some\n          lines", "a: b", "\"a: b\"");
    check_value("some\n          lines", "é", "é");
    check_value("true", "true", "\"true\"");
    check_value("!!str &x old", "new", "!!str &x new");
    // What it is already is no change.
    check_value("plain text # c", "plain text", "plain text # c");
    check_value("'x'", "x", "'x'");
    check_value(
        "|-\n          a\n          b",
        "a\nb",
        "|-\n          a\n          b",
    );
    check(
        "  template:\n    metadata:\n      labels:\n        app:\n        b: b\n",
        &[label("app", "")],
        "  template:\n    metadata:\n      labels:\n        app: \"\"\n        b: b\n",
    );
}

#[test]
fn json_stays_json() {
    let text = |metadata: &str| {
        format!(
            "{{\n    \"kind\": \"SealedSecret\",\n    \"spec\": {{\n        \"template\": {metadata}\n    }}\n}}\n"
        )
    };
    let edits = [label("app", "shop"), annotation("note", "\u{7f}\"\u{1f600}")];
    check_text(
        &text(
            "{\n            \"metadata\": {\n                \"labels\": {\n                    \"app\": \"x\"\n                }\n            }\n        }",
        ),
        &edits,
        &text(
            "{\n            \"metadata\": {\n                \"labels\": {\n                    \"app\": \"shop\"\n                },\n                \"annotations\": {\n                    \"note\": \"\\u007f\\\"\u{1f600}\"\n                }\n            }\n        }",
        ),
    );
    check_text(
        "{\"kind\":\"SealedSecret\",\"spec\":{\"encryptedData\":{}}}",
        &edits[..1],
        "{\"kind\":\"SealedSecret\",\"spec\":{\"encryptedData\":{},\"template\":{\"metadata\":{\"labels\":{\"app\":\"shop\"}}}}}",
    );
}

#[test]
fn what_other_fields_are_too_is_not_set() {
    let shared = "kind: SealedSecret\nmetadata:\n  labels: &l\n    app: a\nspec:\n  template:\n    metadata:\n      labels: *l\n";
    for edit in [label("app", "b"), label("tier", "b")] {
        let said = error(shared, &[edit]);
        assert!(
            said.contains("can't be edited alone, because `metadata.labels"),
            "{said}"
        );
    }
    let said = error(
        "kind: SealedSecret\nspec:\n  template:\n    metadata:\n      labels: x\n",
        &[label("a", "b")],
    );
    assert!(
        said.contains("`spec.template.metadata.labels` (line 5) is not a mapping"),
        "{said}"
    );
    let said = error(
        "kind: SealedSecret\nspec:\n  template:\n    metadata:\n      labels: {a: [b]}\n",
        &[label("a", "b")],
    );
    assert!(
        said.contains("`spec.template.metadata.labels.a` (line 5) is not a text"),
        "{said}"
    );
    let said = error("kind: SealedSecret\n", &[label("a b", "b")]);
    assert!(
        said.contains("`a b` can't be the name of a label or annotation of f.yaml"),
        "{said}"
    );
    let said = error("kind: SealedSecret\n", &[label("a", "b"), label("a", "c")]);
    assert!(said.contains("two edits are asked for `a`"), "{said}");
    let comment = "kind: SealedSecret\nspec:\n  template:\n    metadata:\n      labels:\n        a: | # c\n          x\n";
    let said = error(comment, &[label("a", "b")]);
    assert!(
        said.contains("a comment stands behind the header of its block"),
        "{said}"
    );
}
