use proptest::prelude::*;

use super::*;

fn kinds(sql: &str) -> Vec<(Kind, &str)> {
    tokens(sql)
        .expect(sql)
        .into_iter()
        .map(|token| (token.kind, token.text))
        .collect()
}

#[test]
fn every_kind_of_token_is_told() {
    use Kind::{Blob, Number, Parameter, Quoted, Symbol, Text, Word};
    assert_eq!(
        kinds("a$1 \"b\"\"c\" [d e] `f` 'g''h' x'0F' 1.5e-3 .5 0xff 1_000 ->> || != ?1 :p ü /* x */ -- y"),
        [
            (Word, "a$1"),
            (Quoted, "\"b\"\"c\""),
            (Quoted, "[d e]"),
            (Quoted, "`f`"),
            (Text, "'g''h'"),
            (Blob, "x'0F'"),
            (Number, "1.5e-3"),
            (Number, ".5"),
            (Number, "0xff"),
            (Number, "1_000"),
            (Symbol, "->>"),
            (Symbol, "||"),
            (Symbol, "!="),
            (Parameter, "?1"),
            (Parameter, ":p"),
            (Word, "ü"),
        ]
    );
}

#[test]
fn what_is_open_or_malformed_is_refused() {
    for (sql, error) in [
        ("'a", LexError::Quote),
        ("\"a", LexError::Quote),
        ("[a", LexError::Quote),
        ("/* a", LexError::Comment),
        ("1a", LexError::Character('a')),
        ("x'0'", LexError::Character('x')),
        ("x'0g'", LexError::Character('x')),
        ("\\", LexError::Character('\\')),
        ("a\0b", LexError::Character('\0')),
    ] {
        assert_eq!(tokens(sql), Err(error), "{sql}");
    }
}

#[test]
fn names_are_read_out_of_their_quotes() {
    let names: Vec<Option<String>> = tokens("a \"b\"\"\" `c``` [d] 'e''' 1 (")
        .expect("tokens")
        .iter()
        .map(Token::name)
        .collect();
    let expected = [
        Some("a"),
        Some("b\""),
        Some("c`"),
        Some("d"),
        Some("e'"),
        None,
        None,
    ];
    assert_eq!(names, expected.map(|name| name.map(str::to_owned)));
}

#[test]
fn expressions_are_the_same_by_their_tokens() {
    for (a, b, same) in [
        ("a+1", "A /* x */ + 1", true),
        ("((a))", "a", true),
        ("(a)+(b)", "a)+(b", false),
        ("'a'", "'A'", false),
        ("\"A\"", "[a]", true),
        ("\"a\"", "a", false),
        ("x'ff'", "X'FF'", true),
        ("a b", "ab", false),
        ("'open", "'open", true),
    ] {
        assert_eq!(same_expression(a, b), same, "{a} {b}");
    }
}

#[test]
fn comments_are_seen_and_quoted_marks_are_none() {
    assert!(has_comments("a -- b") && has_comments("/* x */ a") && has_comments("a /**/ b"));
    assert!(!has_comments("a - - b '-- c' \"/* d */\"\n"));
}

proptest! {
    #[test]
    fn any_text_has_tokens_or_an_error(sql in ".*") {
        let _ = (tokens(&sql), has_comments(&sql));
    }

    #[test]
    fn canonical_text_has_the_same_tokens(sql in r#"[-a1.'"\[\]`x(),;/* \n+?:$|<>=e_]{0,32}"#) {
        if let Ok(tokens) = tokens(&sql) {
            let text = canonical(&tokens);
            let again = super::tokens(&text).expect("tokens of canonical text");
            prop_assert_eq!(canonical(&again), text.clone());
            let texts = |tokens: &[Token<'_>]| tokens.iter().map(|token| token.text.to_owned()).collect::<Vec<_>>();
            prop_assert_eq!(texts(&again), texts(&tokens));
        }
    }
}
