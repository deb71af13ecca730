use super::*;
use crate::yaml::locate::parse;

const TEXT: &str = "# a comment\na: 1\nb:\n  # another\n  c: &x\n    - 1\n    - d: 2\n      e: *x\nf: {g: 1,\n  h: 2}\n\
                    m:\n  <<: {n: 1}\n";

fn place(tree: &Tree, path: &str) -> (usize, usize) {
    let node = tree.node(tree.find(&parse(path)).deepest);
    (node.line, node.column)
}

fn check(path: &str, line: usize, column: usize) {
    let text: Arc<str> = TEXT.into();
    let tree = Tree::of_yaml(&text, 0..text.len()).unwrap();
    assert_eq!(place(&tree, path), (line, column), "{path}");
}

#[test]
fn a_field_has_the_place_of_its_key() {
    check("a", 2, 1);
    check("b.c", 5, 3);
    check("b.c[0]", 6, 7);
    check("b.c[1].e", 8, 7);
    check("f.h", 10, 3);
}

#[test]
fn a_field_behind_an_alias_or_merged_stands_where_it_is_written() {
    check("b.c[1].e[0]", 6, 7);
    check("m.n", 12, 8);
}

#[test]
fn a_field_that_is_missing_has_the_place_of_its_parent() {
    check("", 2, 1);
    check("b.missing", 3, 1);
    check("b.c[9]", 5, 3);
    check("b.c[1].e.deeper", 8, 7);
}

#[test]
fn json_has_places_too_with_what_yaml_forbids() {
    let text: Arc<str> = "{\n\t\"a\": \"\\ud83d\\ude00\", \"é\\u0062\": [1,\n\t{\"c\": null}]}".into();
    let tree = Tree::of_json(&text, 0..text.len()).unwrap();
    assert_eq!(place(&tree, "a"), (2, 2));
    assert_eq!(place(&tree, "éb"), (2, 23));
    assert_eq!(place(&tree, "éb[1].c"), (3, 3));
    let found = tree.find(&parse("a")).value.unwrap();
    assert_eq!(tree.scalar(found), Some("\u{1f600}"));
}

#[test]
fn a_block_scalar_ends_with_its_last_line() {
    let end = |text: &str| {
        let text: Arc<str> = text.into();
        let tree = Tree::of_yaml(&text, 0..text.len()).unwrap();
        let end = tree.end(tree.find(&parse("a")).value.unwrap()).unwrap();
        text[..end].to_owned()
    };
    assert_eq!(end("a: |\n  x\n  y\n\n\nb: 1\n"), "a: |\n  x\n  y");
    assert_eq!(end("a: |+\n  x\n\n\nb: 1\n"), "a: |+\n  x\n\n");
    assert_eq!(end("a: |\r\n  x\r\n  \r\nb: 1\r\n"), "a: |\r\n  x");
    assert_eq!(end("a: |\nb: 1\n"), "a: |");
    assert_eq!(end("a: >-\n  x"), "a: >-\n  x");
}
