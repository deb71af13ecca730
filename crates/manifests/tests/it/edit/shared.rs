//! Aliases and merge keys: one text for several fields.

use super::{Edit, check_text, error, remove, rename, set, set_in};

const ALIAS: &str = "kind: SealedSecret\nspec:\n  encryptedData:\n    a: &x AgAA\n    b: *x\n    c: AgAA\n";
const MERGE: &str = "kind: List\nitems:\n- kind: SealedSecret\n  spec:\n    encryptedData: &all\n      a: AgAA\n      b: AgAA\n- kind: SealedSecret\n  spec:\n    encryptedData:\n      <<: *all\n      b: AgCC\n";

#[test]
fn a_shared_text_is_edited_once_for_all_its_users() {
    check_text(
        ALIAS,
        &[set("a", "AgBB"), set("b", "AgBB")],
        &ALIAS.replace("&x AgAA", "&x AgBB"),
    );
    check_text(
        MERGE,
        &[set("a", "AgBB"), set_in(1, "a", "AgBB")],
        &MERGE.replace("a: AgAA", "a: AgBB"),
    );
    check_text(MERGE, &[set("b", "AgBB")], &MERGE.replace("b: AgAA", "b: AgBB"));
    check_text(MERGE, &[set_in(1, "b", "AgBB")], &MERGE.replace("AgCC", "AgBB"));
}

#[test]
fn a_shared_text_is_not_edited_for_one_of_its_users() {
    let place = "f.yaml, document 1 (line 1)";
    let tail = "is the same text by an alias or a merge key (`<<`); write one of them out";
    let alone = format!(
        "{place}: `spec.encryptedData.a` (line 4) can't be edited alone, because `spec.encryptedData.b` {tail}"
    );
    assert_eq!(error(ALIAS, &[set("a", "AgBB")]), alone);
    assert_eq!(error(ALIAS, &[set("a", "AgBB"), set("b", "AgCC")]), alone);
    assert!(error(ALIAS, &[set("b", "AgBB")]).contains("because `spec.encryptedData.a` is the same"));
    assert!(
        error(MERGE, &[set("a", "AgBB")])
            .contains("because `spec.encryptedData.a` of f.yaml, document 1, item 2 (line 8) is the same")
    );
    let elsewhere =
        "kind: SealedSecret\nmetadata:\n  annotations: {a: &x AgAA}\nspec:\n  encryptedData: {a: *x}\n";
    assert!(error(elsewhere, &[set("a", "AgBB")]).contains("because `metadata.annotations.a` is the same"));
}

#[test]
fn an_entry_is_removed_unless_another_needs_it() {
    check_text(ALIAS, &[remove("b")], &ALIAS.replace("    b: *x\n", ""));
    check_text(
        ALIAS,
        &[remove("a"), remove("b")],
        &ALIAS.replace("    a: &x AgAA\n    b: *x\n", ""),
    );
    assert!(error(ALIAS, &[remove("a")]).contains("because `spec.encryptedData.b` is the same"));
    assert!(error(MERGE, &[remove("a")]).contains("item 2"));
    let both = [
        remove("a"),
        Edit::RemoveItem {
            object: 1,
            key: "a".to_owned(),
        },
    ];
    check_text(MERGE, &both, &MERGE.replace("      a: AgAA\n", ""));
    let hiding = Edit::RemoveItem {
        object: 1,
        key: "b".to_owned(),
    };
    assert!(error(MERGE, &[hiding]).contains("a merge key (`<<`) has an item of the same key"));
}

#[test]
fn a_shared_mapping_takes_new_names_and_items_only_for_all() {
    let text = "kind: List\nitems:\n- kind: SealedSecret\n  spec: &s\n    encryptedData:\n      a: AgAA\n- kind: SealedSecret\n  spec: *s\n";
    assert!(error(text, &[set("b", "AgBB")]).contains("because `spec.encryptedData` of f.yaml"));
    assert!(error(text, &[rename("a", "b")]).contains("because `spec.encryptedData.a` of f.yaml"));
    check_text(
        text,
        &[set("b", "AgBB"), set_in(1, "b", "AgBB")],
        &text.replace("a: AgAA\n", "a: AgAA\n      b: AgBB\n"),
    );
    let other = Edit::RenameItem {
        object: 1,
        from: "a".to_owned(),
        to: "b".to_owned(),
    };
    check_text(
        text,
        &[rename("a", "b"), other],
        &text.replace("a: AgAA", "b: AgAA"),
    );
    check_text(
        MERGE,
        &[set_in(1, "new", "AgBB")],
        &format!("{MERGE}      new: AgBB\n"),
    );
}

#[test]
fn a_quoted_merge_key_merges_nothing() {
    let text = "kind: SealedSecret\nx: &x {a: AgAA}\nspec:\n  encryptedData: {\"<<\": *x, a: AgAA}\n";
    check_text(text, &[set("a", "AgBB")], &text.replace(", a: AgAA", ", a: AgBB"));
}
