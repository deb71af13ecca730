//! Items that are added, removed and renamed.

use super::{check, check_text, error, remove, rename, set};

#[test]
fn a_new_item_stands_behind_the_last_in_its_style() {
    let edits = [set("new", "AgBnew==")];
    let check = |before, after| check(before, &edits, after);
    check("\n    a: AgAA # c\n", "\n    a: AgAA # c\n    new: AgBnew==\n");
    check(
        "\n    a: AgAA\n    # c\n",
        "\n    a: AgAA\n    new: AgBnew==\n    # c\n",
    );
    check(
        "\n      'a': 'AgAA'\n",
        "\n      'a': 'AgAA'\n      'new': 'AgBnew=='\n",
    );
    check(
        "\n    \"a\": \"AgAA\"\n",
        "\n    \"a\": \"AgAA\"\n    \"new\": \"AgBnew==\"\n",
    );
    check(
        "\n    ? a\n    : AgAA\n",
        "\n    ? a\n    : AgAA\n    new: AgBnew==\n",
    );
    check(
        "\n    a: |- # c\n      AgAA\n      AgAA\n",
        "\n    a: |- # c\n      AgAA\n      AgAA\n    new: |-\n      AgBn\n      ew==\n",
    );
    check(
        "\n    a: |+\n      AgAA\n\n    # c\n",
        "\n    a: |+\n      AgAA\n\n    new: |+\n      AgBnew==\n    # c\n",
    );
    check(
        "\n    a: AgAA\n    b:\n",
        "\n    a: AgAA\n    b:\n    new: AgBnew==\n",
    );
    check(
        "\n    a: &x AgAA\n    b: *x\n",
        "\n    a: &x AgAA\n    b: *x\n    new: AgBnew==\n",
    );
    check(" {a: AgAA}\n", " {a: AgAA, new: AgBnew==}\n");
    check(
        " {\"a\":\"AgAA\",}\n",
        " {\"a\":\"AgAA\",\"new\":\"AgBnew==\",}\n",
    );
    check(
        " {\n    a: AgAA # c\n  }\n",
        " {\n    a: AgAA, # c\n    new: AgBnew==\n  }\n",
    );
    check(
        " {\n    a: AgAA, # c\n  }\n",
        " {\n    a: AgAA, # c\n    new: AgBnew==,\n  }\n",
    );
    check(" {\n    a: AgAA }\n", " {\n    a: AgAA,\n    new: AgBnew== }\n");
}

#[test]
fn a_new_item_makes_a_mapping_where_there_is_none() {
    let edits = [set("new", "AgBnew==")];
    let check = |before, after| check(before, &edits, after);
    check("\n", "\n    new: AgBnew==\n");
    check(" # c\n", " # c\n    new: AgBnew==\n");
    check(" {} # c\n", " # c\n    new: AgBnew==\n");
    check(" &x {}\n", " &x\n    new: AgBnew==\n");
    check(" null\n", "\n    new: AgBnew==\n");
    check(" ~ # c\n", " # c\n    new: AgBnew==\n");
    let edits = [set("new", "AgBnew==")];
    check_text(
        "kind: SealedSecret\nspec:\n   template:\n      type: Opaque\n---\nx: 1\n",
        &edits,
        "kind: SealedSecret\nspec:\n   template:\n      type: Opaque\n   encryptedData:\n      new: AgBnew==\n---\nx: 1\n",
    );
    check_text(
        "kind: SealedSecret\nmetadata:\n    name: a",
        &edits,
        "kind: SealedSecret\nmetadata:\n    name: a\nspec:\n    encryptedData:\n        new: AgBnew==",
    );
    check_text(
        "kind: SealedSecret\nspec: {}\n",
        &edits,
        "kind: SealedSecret\nspec:\n  encryptedData:\n    new: AgBnew==\n",
    );
    check_text(
        "{kind: SealedSecret, spec: {template: {}}}\n",
        &edits,
        "{kind: SealedSecret, spec: {template: {}, encryptedData: {new: AgBnew==}}}\n",
    );
    check_text(
        "{kind: SealedSecret, spec: {encryptedData: }}\n",
        &edits,
        "{kind: SealedSecret, spec: {encryptedData: {new: AgBnew==} }}\n",
    );
}

#[test]
fn several_new_items_stand_in_the_order_of_their_keys() {
    check(
        "\n    x: AgAA\n",
        &[set("c", "AgCC"), set("b", "AgBB")],
        "\n    x: AgAA\n    b: AgBB\n    c: AgCC\n",
    );
    check(
        "\n",
        &[set("c", "AgCC"), set("b", "AgBB")],
        "\n    b: AgBB\n    c: AgCC\n",
    );
    check(
        " {x: AgAA}\n",
        &[set("c", "AgCC"), set("b", "AgBB")],
        " {x: AgAA, b: AgBB, c: AgCC}\n",
    );
}

#[test]
fn a_new_key_is_quoted_where_a_reader_would_take_it_for_something_else() {
    for key in ["on", "1_000", "012", "y", "true", "1.5", ".5", "null", "0x1F"] {
        check(
            "\n    a: AgAA\n",
            &[set(key, "AgBB")],
            &format!("\n    a: AgAA\n    \"{key}\": AgBB\n"),
        );
        check(
            "\n    a: AgAA\n",
            &[rename("a", key)],
            &format!("\n    \"{key}\": AgAA\n"),
        );
        check(
            "\n    'a': AgAA\n",
            &[rename("a", key)],
            &format!("\n    '{key}': AgAA\n"),
        );
    }
    for key in ["tls.crt", "-x", "_", ".dot", "a-b_c.D9"] {
        check(
            "\n    a: AgAA\n",
            &[rename("a", key)],
            &format!("\n    {key}: AgAA\n"),
        );
    }
}

#[test]
fn a_removed_item_takes_its_lines_and_comments_above_it_stay() {
    let edits = [remove("b")];
    let check = |before, after| check(before, &edits, after);
    check(
        "\n    # a\n    a: AgAA\n    # b\n    b: AgAA # b\n    # c\n    c: AgAA\n",
        "\n    # a\n    a: AgAA\n    # b\n    # c\n    c: AgAA\n",
    );
    check(
        "\n    b: |\n      AgAA\n      AgAA\n\n    c: AgAA\n",
        "\n\n    c: AgAA\n",
    );
    check("\n    b: |+\n      AgAA\n\n    c: AgAA\n", "\n    c: AgAA\n");
    check(
        "\n    a: |+\n      AgAA\n    b: AgAA\n\n    c: AgAA\n",
        "\n    a: |+\n      AgAA\n    c: AgAA\n",
    );
    check("\n    ? b # c\n    : AgAA\n    c: AgAA\n", "\n    c: AgAA\n");
    check("\n    b:\n    c: AgAA\n", "\n    c: AgAA\n");
    check(
        "\n    b:\n      # c\n      AgAA\n    c: AgAA\n",
        "\n    c: AgAA\n",
    );
    check("\n    b: AgAA\n", " {}\n");
    check(" &x # c\n    b: AgAA\n", " &x {} # c\n");
    check(" {a: AgAA, b: AgAA, c: AgAA}\n", " {a: AgAA, c: AgAA}\n");
    check(" {b: AgAA, c: AgAA}\n", " {c: AgAA}\n");
    check(" {a: AgAA, b: AgAA}\n", " {a: AgAA}\n");
    check(" { b: AgAA }\n", " {}\n");
    check(" {a: AgAA, b}\n", " {a: AgAA}\n");
    check(
        " {\n    a: AgAA, # a\n    # b\n    b: AgAA, # b\n    c: AgAA\n  }\n",
        " {\n    a: AgAA, # a\n    # b\n    c: AgAA\n  }\n",
    );
    check(
        " {\n    a: AgAA, # a\n    b: AgAA # b\n  }\n",
        " {\n    a: AgAA # a\n  }\n",
    );
    check(" {\n    a: AgAA,\n    b: AgAA,\n  }\n", " {\n    a: AgAA,\n  }\n");
}

#[test]
fn all_edits_are_made_at_once() {
    let edits = [
        remove("a"),
        rename("b", "x"),
        set("c", "AgCC"),
        set("new", "AgBB"),
    ];
    check(
        "\n    # a\n    a: AgAA\n    b: AgAA # b\n    c: 'AgAA'\n",
        &edits,
        "\n    # a\n    x: AgAA # b\n    c: 'AgCC'\n    new: 'AgBB'\n",
    );
    check(
        " {a: AgAA, b: AgAA, c: 'AgAA'}\n",
        &edits,
        " {new: 'AgBB', x: AgAA, c: 'AgCC'}\n",
    );
    check(
        "\n    a: AgAA\n",
        &[remove("a"), set("b", "AgBB")],
        "\n    b: AgBB\n",
    );
    check(
        " {a: AgAA, b: AgAA, c: AgAA}\n",
        &[remove("a"), remove("c")],
        " {b: AgAA}\n",
    );
    check(
        " {a: AgAA, b: AgAA, c: AgAA}\n",
        &[remove("b"), remove("c")],
        " {a: AgAA}\n",
    );
    check(" {a: AgAA, b: AgAA}\n", &[remove("a"), remove("b")], " {}\n");
    check(
        " {a: AgAA, b: AgAA}\n",
        &[remove("b"), set("x", "AgBB"), set("z", "AgCC")],
        " {a: AgAA, x: AgBB, z: AgCC}\n",
    );
}

#[test]
fn the_format_before_2019_has_one_item() {
    let text = "kind: SealedSecret\nspec:\n  # whole\n  data: |\n    AgAA\n    Ag==\n  encryptedData: {}\n";
    check_text(
        text,
        &[set("spec.data", "AgBBBB==")],
        &text.replace("AgAA\n    Ag==", "AgBB\n    BB=="),
    );
    check_text(
        text,
        &[remove("spec.data")],
        "kind: SealedSecret\nspec:\n  # whole\n  encryptedData: {}\n",
    );
    assert!(
        error(text, &[set("a", "AgBB")])
            .contains("has the format before 2019 (`spec.data`), which has no item `a`")
    );
    let text = "kind: SealedSecret\nspec:\n  encryptedData:\n    a: AgAA\n";
    check_text(
        text,
        &[set("spec.data", "AgBB")],
        &format!("{text}    spec.data: AgBB\n"),
    );
}

#[test]
fn edits_that_make_no_sense_are_refused() {
    let text = "kind: SealedSecret\nmetadata: {name: a}\nspec:\n  encryptedData:\n    a: AgAA\n    b: AgAA\n";
    let place = "f.yaml, document 1 (line 1)";
    assert_eq!(error(text, &[remove("c")]), format!("{place} has no item `c`"));
    assert_eq!(
        error(text, &[rename("c", "d")]),
        format!("{place} has no item `c`")
    );
    assert_eq!(
        error(text, &[rename("a", "b")]),
        format!("{place} has an item `b` already")
    );
    let twice = format!("two edits are asked for `b` of {place}; make one after the other");
    assert_eq!(error(text, &[set("b", "AgBB"), remove("b")]), twice);
    assert_eq!(error(text, &[rename("a", "b"), remove("b")]), twice);
    for key in ["", "a b", "é", "a/b", "..", "..a", "a:", &"a".repeat(254)] {
        assert!(
            error(text, &[set(key, "AgBB")]).contains("can't be a key of f.yaml"),
            "{key}"
        );
        assert!(
            error(text, &[rename("a", key)]).contains("can't be a key of f.yaml"),
            "{key}"
        );
    }
}

#[test]
fn an_entry_that_shares_its_line_is_left_alone() {
    let text = "kind: SealedSecret\nspec:\n  ? encryptedData\n  : a: AgAA\n    b: AgAA\n";
    assert_eq!(
        error(text, &[remove("a")]),
        "f.yaml, document 1 (line 1): `spec.encryptedData.a` (line 4) can't be edited in place, because it doesn't begin on a line of its own; edit it by hand"
    );
    check_text(
        text,
        &[remove("b")],
        "kind: SealedSecret\nspec:\n  ? encryptedData\n  : a: AgAA\n",
    );
}
