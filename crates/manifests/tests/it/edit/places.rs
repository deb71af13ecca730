//! Where items and fields stand.

use manifests::edit::{Position, read};

use super::{Edit, check_text, edit};

fn at(line: usize, column: usize) -> Position {
    Position { line, column }
}

#[test]
fn a_field_has_the_line_and_column_of_its_key() {
    let text = "\u{feff}# é\n---\nkind: SealedSecret\nspec: {é: 1, \"encryptedData\": {tls.crt: &x AgAA, b: *x}}\n---\nkind: List\nitems:\n  - kind: SealedSecret\n    metadata:\n      annotations:\n        a.b/c: d\n    x:\n    - - y\n";
    let editable = read("f", text.as_bytes()).unwrap();
    let check =
        |object, path: &str, expected| assert_eq!(editable.position(object, path), expected, "{path}");
    check(0, "kind", Some(at(3, 1)));
    check(0, "spec.encryptedData", Some(at(4, 14)));
    check(0, "spec.encryptedData[tls.crt]", Some(at(4, 32)));
    check(0, "spec.encryptedData.b", Some(at(4, 50)));
    check(0, "spec.encryptedData.c", None);
    check(1, "metadata.annotations[a.b/c]", Some(at(11, 9)));
    check(1, "x[0][0]", Some(at(13, 9)));
    check(1, "x[1]", None);
    check(2, "kind", None);
    let json = "{\"a\": 1}  {\"kind\": \"SealedSecret\",\n\t\"é\": 1, \"x\": {\"a.b\": 2}}";
    let editable = read("f", json.as_bytes()).unwrap();
    assert_eq!(editable.position(1, "kind"), Some(at(1, 12)));
    assert_eq!(editable.position(1, "x[a.b]"), Some(at(2, 16)));
}

#[test]
fn items_tell_their_places_and_who_shares_them() {
    let text = "kind: List\nitems:\n- kind: SealedSecret\n  spec:\n    encryptedData: &all\n      a: &a |\n        AgAA\n      b: *a\n- kind: SealedSecret\n  spec: {encryptedData: {<<: *all, b: AgCC}}\n";
    let editable = read("f", text.as_bytes()).unwrap();
    let items = |object: usize| {
        let items = editable.items(object).unwrap();
        let items = items
            .into_iter()
            .map(|item| (item.key, item.position, item.value, item.shared_with));
        items.collect::<Vec<_>>()
    };
    let key = |key: &str| key.to_owned();
    assert_eq!(
        items(0),
        [
            (key("a"), at(6, 7), at(7, 9), vec![(0, key("b")), (1, key("a"))]),
            (key("b"), at(8, 7), at(7, 9), vec![(0, key("a")), (1, key("a"))]),
        ]
    );
    assert_eq!(
        items(1),
        [
            (key("b"), at(10, 36), at(10, 39), vec![]),
            (key("a"), at(6, 7), at(7, 9), vec![(0, key("a")), (0, key("b"))]),
        ]
    );
}

#[test]
fn a_hint_tells_which_objects_share_it() {
    let object = |annotations: &str| {
        format!("- kind: SealedSecret\n  metadata:\n    annotations: {annotations}\n    labels: {{x: *h}}\n")
    };
    let text = format!(
        "kind: List\nx: &h old\nitems:\n{}{}{}{}- kind: Other\n",
        object("&all {chancery.dev/sealed-with: *h}"),
        object("{chancery.dev/sealed-with: old}"),
        object("*all"),
        object("{<<: *all, other: *h}"),
    );
    let editable = read("f", text.as_bytes()).unwrap();
    let shared: Vec<Vec<usize>> = (0..6).map(|object| editable.hint_shared_with(object)).collect();
    assert_eq!(
        shared,
        [vec![2, 3], vec![], vec![0, 3], vec![0, 2], vec![], vec![]]
    );
}

#[test]
fn a_hint_is_changed_and_never_added() {
    let hint = |count: usize| Edit::SetHint {
        object: 0,
        fingerprints: [
            "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA",
        ]
        .iter()
        .take(count)
        .map(|text| text.parse().unwrap())
        .collect(),
    };
    let one = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let both = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA";
    let text = |hint: &str| {
        format!(
            "kind: SealedSecret\nmetadata:\n  annotations:\n    chancery.dev/sealed-with: {hint} # c\n    other: x\nspec:\n  template: {{metadata: {{annotations: {{chancery.dev/sealed-with: x}}}}}}\n"
        )
    };
    check_text(&text("SHA256:old"), &[hint(1)], &text(one));
    check_text(&text("'old'"), &[hint(2)], &text(&format!("'{both}'")));
    check_text(&text("\"SHA256:old\""), &[hint(1)], &text(&format!("\"{one}\"")));
    check_text(&text("SHA256:old"), &[hint(2)], &text(both));
    check_text(&text(one), &[hint(0)], &text("\"\""));
    let flow = |hint: &str| {
        format!("kind: SealedSecret\nmetadata: {{annotations: {{chancery.dev/sealed-with: {hint}}}}}\n")
    };
    check_text(&flow("x"), &[hint(2)], &flow(&format!("\"{both}\"")));
    for without in [
        "kind: SealedSecret\n",
        "kind: SealedSecret\nmetadata: {annotations: {a: b}}\n",
    ] {
        assert_eq!(edit(without, &[hint(1)]).unwrap().text, without);
    }
    assert_eq!(edit(&text(one), &[hint(1)]).unwrap().replaced, []);
}
