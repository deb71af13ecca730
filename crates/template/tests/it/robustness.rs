//! Any text is parsed and rendered without a panic and within its budget.

use proptest::prelude::*;
use template::Limits;

use crate::render::render_with;

/// Pieces that templates are made of.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{{- ",
    " -}}",
    " ",
    "\n",
    ".",
    ".a",
    ".b",
    "$",
    "$x",
    ":=",
    "=",
    ",",
    "|",
    "(",
    ")",
    "\"a\"",
    "\"",
    "`x`",
    "'a'",
    "1",
    "-1",
    "1.5",
    "1e9",
    "1+2i",
    "0x",
    "/*",
    "*/",
    "if ",
    "else",
    "end",
    "range ",
    "with ",
    "define \"t\"",
    "template \"t\" .",
    "block \"b\" .",
    "break",
    "continue",
    "nil",
    "true",
    "print ",
    "printf \"%5.2[1]*d%v\" ",
    "len ",
    "index ",
    "list ",
    "dict ",
    "set ",
    "repeat ",
    "until ",
    "eq ",
    "lt ",
    "and ",
    "or ",
    "not ",
    "js ",
    "toJson ",
    "first ",
    "{{if .a}}",
    "{{range until 3}}",
    "{{with $x := .b}}",
    "{{else}}",
    "{{end}}",
    "é",
    "\\",
    "@",
];

fn small() -> Limits {
    Limits {
        steps: 20_000,
        memory: 1 << 20,
        output: 1 << 16,
        ..Limits::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_ends_well(text in ".{0,200}") {
        let _ = render_with(&text, &[("a", b"hello")], &small());
    }

    #[test]
    fn any_pieces_of_templates_end_well(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40),
        a in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let result = render_with(&pieces.concat(), &[("a", &a), ("b", b"1")], &small());
        if let Ok(text) = result {
            prop_assert!(text.len() <= 3 * (1 << 16));
        }
    }

    #[test]
    fn any_action_ends_well(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..12),
        a in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let _ = render_with(&format!("{{{{ {} }}}}", pieces.concat()), &[("a", &a), ("b", b"1")], &small());
    }

    #[test]
    fn any_format_ends_well(format in "(%[#0+ -]{0,2}(\\[[0-9]\\])?([0-9]{0,8}|\\*)(\\.[0-9]{0,8})?[a-zA-Z%]){0,4}") {
        let text = format!("{{{{ printf {format:?} 1 .a 1.5 (list 1 .a) }}}}");
        let _ = render_with(&text, &[("a", b"x\xff")], &small());
    }

    #[test]
    fn text_without_actions_is_rendered_as_it_is(text in "[^{]{0,100}") {
        prop_assert_eq!(render_with(&text, &[], &small()).unwrap(), text);
    }
}
