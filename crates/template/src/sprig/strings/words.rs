//! `snakecase`, `kebabcase` and `camelcase`, as the xstrings library (v1.5.0) splits words.

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::cost;
use crate::sprig::unicode::{self, REPLACEMENT};
use crate::value::Value;

/// The functions that join words in another way.
pub(crate) const TABLE: &[Function] = &[
    Function::new("snakecase", &[Param::String], |call, args| {
        change(call, args, |text| lower(text, '_'))
    }),
    Function::new("kebabcase", &[Param::String], |call, args| {
        change(call, args, |text| lower(text, '-'))
    }),
    Function::new("camelcase", &[Param::String], |call, args| {
        change(call, args, pascal)
    }),
];

fn change(call: &mut Call<'_>, args: &Args<'_>, change: fn(&[u8]) -> Vec<u8>) -> Result<Value, Failure> {
    let text = args.text(0)?;
    cost::make(call, text.len() * 4)?;
    call.string(change(text))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Invalid,
    Number,
    Upper,
    Alphabet,
    Connector,
    Punctuation,
    Other,
}

/// Returns the words in lower case with `connector` between them: at most four times as long.
fn lower(text: &[u8], connector: char) -> Vec<u8> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut out = Vec::with_capacity(text.len() * 2);
    let (mut kind, mut word, mut rest) = next(text);
    while !rest.is_empty() {
        if kind != Kind::Connector {
            write(&mut out, kind, word, connector);
        }
        let (previous, last) = (kind, word);
        (kind, word, rest) = next(rest);
        match previous {
            Kind::Number => {
                while matches!(kind, Kind::Alphabet | Kind::Number) {
                    write(&mut out, kind, word, connector);
                    (kind, word, rest) = next(rest);
                }
                if !matches!(kind, Kind::Invalid | Kind::Punctuation | Kind::Connector) {
                    unicode::push(&mut out, connector);
                }
            }
            Kind::Connector => write(&mut out, previous, last, connector),
            Kind::Punctuation => {}
            _ if kind != Kind::Number => {
                if !matches!(kind, Kind::Connector | Kind::Punctuation) {
                    unicode::push(&mut out, connector);
                }
            }
            _ if rest.is_empty() => {}
            _ => {
                let number = word;
                (kind, word, rest) = next(rest);
                if kind != Kind::Alphabet {
                    // The number belongs to the word before it, as in `bld4_floor`.
                    write(&mut out, Kind::Number, number, connector);
                    if !matches!(kind, Kind::Connector | Kind::Punctuation) {
                        unicode::push(&mut out, connector);
                    }
                    continue;
                }
                // Lower case letters after the number: it starts the next word, as in `http_2xx`.
                unicode::push(&mut out, connector);
                write(&mut out, Kind::Number, number, connector);
                while matches!(kind, Kind::Alphabet | Kind::Number) {
                    write(&mut out, kind, word, connector);
                    (kind, word, rest) = next(rest);
                }
                if !matches!(kind, Kind::Invalid | Kind::Connector | Kind::Punctuation) {
                    unicode::push(&mut out, connector);
                }
            }
        }
    }
    write(&mut out, kind, word, connector);
    out
}

/// Returns the words joined, each with an upper case letter first: at most three times as long, plus a character.
fn pascal(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut characters = unicode::characters(text).map(|(character, _)| character);
    let Some(mut current) = characters.next() else {
        return out;
    };
    let mut upper = false;
    loop {
        if !connects(current) {
            upper = unicode::is_upper(current);
            current = unicode::to_upper(current);
            break;
        }
        unicode::push(&mut out, current);
        match characters.next() {
            Some(next) => current = next,
            // Upstream writes the last of nothing but connectors twice.
            None => break,
        }
    }
    for next in characters {
        let previous = std::mem::replace(&mut current, next);
        if connects(next) && connects(previous) {
            unicode::push(&mut out, previous);
        } else if connects(previous) {
            upper = unicode::is_upper(next);
            current = unicode::to_upper(next);
        } else {
            if upper {
                if unicode::is_upper(next) {
                    current = unicode::to_lower(next);
                } else {
                    upper = false;
                }
            }
            unicode::push(&mut out, previous);
        }
    }
    unicode::push(&mut out, current);
    out
}

fn connects(character: char) -> bool {
    character == '-' || character == '_' || unicode::is_space(character)
}

fn alphabetic(character: char) -> bool {
    unicode::is_letter(character)
        && !matches!(u32::from(character), 0x4e00..=0x9fcc | 0x3400..=0x4d85 | 0x2_0000..=0x2_b81d)
}

/// Returns the kind of the first word, the word and what follows it.
fn next(text: &[u8]) -> (Kind, &[u8], &[u8]) {
    if text.is_empty() {
        return (Kind::Invalid, text, text);
    }
    let (first, size) = valid(text, REPLACEMENT);
    let (kind, end) = if first == REPLACEMENT {
        (Kind::Invalid, size)
    } else if connects(first) {
        (Kind::Connector, run(text, size, first, connects))
    } else if unicode::is_punctuation(first) {
        (Kind::Punctuation, run(text, size, first, unicode::is_punctuation))
    } else if unicode::is_upper(first) {
        (Kind::Upper, upper_end(text, size, first))
    } else if alphabetic(first) {
        (
            Kind::Alphabet,
            run(text, size, first, |next| {
                alphabetic(next) && !unicode::is_upper(next)
            }),
        )
    } else if unicode::is_number(first) {
        (Kind::Number, run(text, size, first, unicode::is_number))
    } else {
        let other = |next| {
            !(connects(next) || alphabetic(next) || unicode::is_number(next) || unicode::is_punctuation(next))
        };
        (Kind::Other, run(text, size, first, other))
    };
    let (word, rest) = text.split_at(end);
    (kind, word, rest)
}

/// Returns where a word ends that starts with an upper case letter: `HTTP` of `HTTPStatus`, `Status` of `StatusOk`.
fn upper_end(text: &[u8], start: usize, first: char) -> usize {
    if start == text.len() {
        return start;
    }
    let (second, size) = valid(&text[start..], first);
    if !unicode::is_upper(second) {
        if !alphabetic(second) {
            return start;
        }
        return run(text, start + size, second, |next| {
            alphabetic(next) && !unicode::is_upper(next)
        });
    }
    let (mut end, mut last, mut current) = (start + size, size, second);
    while end < text.len() {
        let (next, size) = valid(&text[end..], current);
        current = next;
        if !unicode::is_upper(next) {
            break;
        }
        (end, last) = (end + size, size);
    }
    if end < text.len() && alphabetic(current) {
        end - last
    } else {
        end
    }
}

fn run(text: &[u8], start: usize, first: char, belongs: impl Fn(char) -> bool) -> usize {
    let (mut end, mut current) = (start, first);
    while end < text.len() {
        let (next, size) = valid(&text[end..], current);
        current = next;
        if !belongs(next) {
            break;
        }
        end += size;
    }
    end
}

/// Returns the first character that is no U+FFFD and how many bytes end with it, else `previous` and all bytes.
fn valid(text: &[u8], previous: char) -> (char, usize) {
    let mut size = 0;
    for (character, bytes) in unicode::characters(text) {
        size += bytes.len();
        if character != REPLACEMENT {
            return (character, size);
        }
    }
    (previous, size)
}

fn write(out: &mut Vec<u8>, kind: Kind, word: &[u8], connector: char) {
    if !matches!(kind, Kind::Upper | Kind::Connector) {
        out.extend_from_slice(word);
        return;
    }
    for (character, _) in unicode::characters(word) {
        let written = if connects(character) {
            connector
        } else if unicode::is_upper(character) {
            unicode::to_lower(character)
        } else {
            character
        };
        unicode::push(out, written);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_where_upstream_splits_them() {
        for (text, want) in [
            ("FirstName", "first_name"),
            ("HTTPServer", "http_server"),
            ("http2xx", "http_2xx"),
            ("HTTP20xOK", "http_20x_ok"),
            ("Duration2m3s", "duration_2m3s"),
            ("Bld4Floor3rd", "bld4_floor_3rd"),
            ("GO PATH-x", "go_path_x"),
            ("foo!bar", "foo!bar"),
            ("", ""),
        ] {
            assert_eq!(
                String::from_utf8(lower(text.as_bytes(), '_')).unwrap(),
                want,
                "{text}"
            );
        }
    }

    #[test]
    fn words_are_joined_with_upper_case() {
        for (text, want) in [
            ("some_words", "SomeWords"),
            ("_complex__case_", "_Complex_Case_"),
            ("GOLANG_IS_GREAT", "GolangIsGreat"),
            ("_", "__"),
            ("a", "A"),
            ("", ""),
        ] {
            assert_eq!(
                String::from_utf8(pascal(text.as_bytes())).unwrap(),
                want,
                "{text}"
            );
        }
    }
}
