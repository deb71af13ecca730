//! A value in every style.

use super::{check, check_text, error, set};

#[test]
fn a_value_on_one_line_keeps_its_style() {
    let new = set("a", "AgBnew==");
    let edits = [new];
    let check = |before, after| check(before, &edits, after);
    check("\n    a: AgAold==\n", "\n    a: AgBnew==\n");
    check("\n    a:   AgAold== # c\n", "\n    a:   AgBnew== # c\n");
    check(
        "\n    a: 'AgA' # c\n    b: AgA\n",
        "\n    a: 'AgBnew==' # c\n    b: AgA\n",
    );
    check("\n    \"a\" : \"AgAold==\"\n", "\n    \"a\" : \"AgBnew==\"\n");
    check("\n    a: \"AgA\\/\\x2b\\u003d=\"\n", "\n    a: \"AgBnew==\"\n");
    check("\n    a: !!str AgAold==\n", "\n    a: !!str AgBnew==\n");
    check(
        "\n    a:\n      &x !!str\n      AgAold==\n",
        "\n    a:\n      &x !!str\n      AgBnew==\n",
    );
    check("\n    a: &x 'AgAold=='\n", "\n    a: &x 'AgBnew=='\n");
    check("\n    ? a\n    : AgAold==\n", "\n    ? a\n    : AgBnew==\n");
    check(
        "\n    ? a # c\n    # c\n    :\n      AgAold==\n",
        "\n    ? a # c\n    # c\n    :\n      AgBnew==\n",
    );
    check(" {a: AgAold==, b: AgA}\n", " {a: AgBnew==, b: AgA}\n");
    check(
        " {\"a\":\"AgAold==\",\n   b: AgA}\n",
        " {\"a\":\"AgBnew==\",\n   b: AgA}\n",
    );
}

#[test]
fn a_value_that_was_not_there_is_written_behind_its_key() {
    let edits = [set("a", "AgBnew==")];
    let check = |before, after| check(before, &edits, after);
    check("\n    a:\n    b: AgA\n", "\n    a: AgBnew==\n    b: AgA\n");
    check(
        "\n    a: # c\n    b: AgA\n",
        "\n    a: AgBnew== # c\n    b: AgA\n",
    );
    check("\n    a: ~\n", "\n    a: AgBnew==\n");
    check("\n    a: null # c\n", "\n    a: AgBnew== # c\n");
    check("\n    a: ''\n", "\n    a: 'AgBnew=='\n");
    check("\n    a: &x\n", "\n    a: &x AgBnew==\n");
    check("\n    a: !!str\n", "\n    a: !!str AgBnew==\n");
    check(" {a: , b: AgA}\n", " {a: AgBnew== , b: AgA}\n");
    check("\n    a: |\n    b: AgA\n", "\n    a: AgBnew==\n    b: AgA\n");
    check("\n    a: |- # c\n", "\n    a: AgBnew== # c\n");
}

#[test]
fn a_text_that_looks_like_a_number_or_a_word_is_quoted() {
    check("\n    a: AgA\n", &[set("a", "0123")], "\n    a: \"0123\"\n");
    check("\n    a: AgA\n", &[set("a", "true")], "\n    a: \"true\"\n");
    check(
        "\n    a: AgA\n",
        &[set("a", "12e03456")],
        "\n    a: \"12e03456\"\n",
    );
    check("\n    a: 'AgA'\n", &[set("a", "1234")], "\n    a: '1234'\n");
}

#[test]
fn as_many_characters_are_poured_into_the_same_lines() {
    let edits = [set("a", "abcdefghijkl")];
    let check = |before, after| check(before, &edits, after);
    check(
        "\n    a: |\n      AgAA\n      AgAAA\n      Ag=\n    b: AgA\n",
        "\n    a: |\n      abcd\n      efghi\n      jkl\n    b: AgA\n",
    );
    check(
        "\n    a: &x !!str |2-  # c\n      AgAA\n      AgAA\n      AgAA\n",
        "\n    a: &x !!str |2-  # c\n      abcd\n      efgh\n      ijkl\n",
    );
    check(
        "\n    a: |+\n\n      AgAAAA\n\n      AgAAAA\n\n\n    b: AgA\n",
        "\n    a: |+\n\n      abcdef\n\n      ghijkl\n\n\n    b: AgA\n",
    );
    check(
        "\n    a: >-\n      AgAAAA\n\n      AgAAAA\n",
        "\n    a: >-\n      abcdef\n\n      ghijkl\n",
    );
    check(
        "\n    a: >-\n      AgAAAAAgAAAA\n",
        "\n    a: >-\n      abcdefghijkl\n",
    );
    check(
        "\n    a: \"AgAAAA\\\n      AgAAAA\"\n",
        "\n    a: \"abcdef\\\n      ghijkl\"\n",
    );
    check(
        "\n    a: \"AgAAAA\\nAgAAAA\\n\" # c\n",
        "\n    a: \"abcdef\\nghijkl\\n\" # c\n",
    );
    check(
        "\n    a: 'AgAAAA\n\n      AgAAAA'\n",
        "\n    a: 'abcdef\n\n      ghijkl'\n",
    );
    check(
        "\n    a: AgAAAA\n\n      AgAAAA # c\n",
        "\n    a: abcdef\n\n      ghijkl # c\n",
    );
}

#[test]
fn other_lengths_are_wrapped_at_the_width_that_the_lines_have() {
    check(
        "\n    a: |\n      AgAA\n      AgAA\n      Ag\n\n    # c\n    b: AgA\n",
        &[set("a", "abcdefghijklmnopqrst")],
        "\n    a: |\n      abcd\n      efgh\n      ijkl\n      mnop\n      qrst\n\n    # c\n    b: AgA\n",
    );
    check(
        "\n    a: \"AgAA\\\n      AgAA\\\n      A\"\n",
        &[set("a", "abcd")],
        "\n    a: \"abcd\"\n",
    );
}

#[test]
fn a_value_that_was_no_ciphertext_comes_to_stand_on_one_line() {
    let edits = [set("a", "AgBnew==")];
    let check = |before, after| check(before, &edits, after);
    check("\n    a: change me # c\n", "\n    a: AgBnew== # c\n");
    check(
        "\n    a: change\n      me\n    b: AgA\n",
        "\n    a: AgBnew==\n    b: AgA\n",
    );
    check("\n    a: 'it''s\n      me'\n", "\n    a: 'AgBnew=='\n");
    check("\n    a: \"\\t\\\"\"\n", "\n    a: \"AgBnew==\"\n");
    check(
        "\n    a: |2\n        two\n      # lines\n\n    b: AgA\n",
        "\n    a: |2\n      AgBnew==\n\n    b: AgA\n",
    );
    check(
        "\n    a: >\n      AgA\n      AgA\n",
        "\n    a: >\n      AgBnew==\n",
    );
    check("\n    a: 12\n", "\n    a: AgBnew==\n");
}

#[test]
fn the_same_ciphertext_changes_nothing() {
    let before = "\n    a: |\n      AgAA\n      AgAA\n";
    check(before, &[set("a", "AgAAAgAA")], before);
}

#[test]
fn a_mark_separators_and_the_other_documents_stay() {
    check_text(
        "\u{feff}%YAML 1.2\n--- # one\nkind: SealedSecret\nspec: {encryptedData: {a: AgAA}}\n...\n\n---\na: AgAA\n--- \nkind: List\nitems:\n- kind: SealedSecret\n  spec:\n    encryptedData:\n      a: AgAA\n---\n",
        &[set("a", "AgBB"), super::set_in(2, "a", "AgCC")],
        "\u{feff}%YAML 1.2\n--- # one\nkind: SealedSecret\nspec: {encryptedData: {a: AgBB}}\n...\n\n---\na: AgAA\n--- \nkind: List\nitems:\n- kind: SealedSecret\n  spec:\n    encryptedData:\n      a: AgCC\n---\n",
    );
}

#[test]
fn what_is_no_ciphertext_or_no_scalar_is_refused() {
    let text = "kind: SealedSecret\nspec:\n  encryptedData:\n    a: [AgAA]\n";
    assert_eq!(
        error(text, &[set("a", "AgBB")]),
        "f.yaml, document 1 (line 1): `spec.encryptedData.a` (line 4) is not a text"
    );
    for item in ["", "hunter2", "AgAA\n", "AgA A", "Ag-_"] {
        let message = error(text, &[set("a", item)]);
        assert!(
            message.contains("`a`") && message.contains("not base64") && !message.contains("hunter2"),
            "{message}"
        );
    }
    let text = "kind: SealedSecret\nspec:\n  encryptedData: [AgAA]\n";
    assert_eq!(
        error(text, &[set("a", "AgBB")]),
        "f.yaml, document 1 (line 1): `spec.encryptedData` (line 3) is not a mapping of items"
    );
    assert_eq!(
        error("kind: Secret\n", &[set("a", "AgBB")]),
        "f.yaml, document 1 (line 1) is not a SealedSecret; only those are edited"
    );
    assert_eq!(
        error("", &[set("a", "AgBB")]),
        "f.yaml has 0 objects, so there is none with the index 0"
    );
}
