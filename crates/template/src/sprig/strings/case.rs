//! Upper and lower case, whole and by word.

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::{cost, unicode};
use crate::value::Value;

/// The functions that change the case of a text.
pub(crate) const TABLE: &[Function] = &[
    Function::new("upper", &[Param::String], |call, args| {
        change(call, args, |text| map(text, unicode::to_upper))
    }),
    Function::new("lower", &[Param::String], |call, args| {
        change(call, args, |text| map(text, unicode::to_lower))
    }),
    Function::new("title", &[Param::String], |call, args| change(call, args, title)),
    Function::new("untitle", &[Param::String], |call, args| {
        change(call, args, untitle)
    }),
    Function::new("swapcase", &[Param::String], |call, args| {
        change(call, args, swap)
    }),
];

fn change(call: &mut Call<'_>, args: &Args<'_>, change: fn(&[u8]) -> Vec<u8>) -> Result<Value, Failure> {
    let text = args.text(0)?;
    cost::make(call, text.len() * 3)?;
    call.string(change(text))
}

/// Returns each character mapped, bytes that are no UTF-8 as U+FFFD: at most three times as long.
fn map(text: &[u8], mut mapping: impl FnMut(char) -> char) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (character, _) in unicode::characters(text) {
        unicode::push(&mut out, mapping(character));
    }
    out
}

/// Returns the text with the first letter of each word in title case, as Go's deprecated `strings.Title` does:
/// `_` and letters of any script don't end a word, other ASCII punctuation does.
fn title(text: &[u8]) -> Vec<u8> {
    let mut previous = ' ';
    map(text, |character| {
        let starts = if previous.is_ascii() {
            !previous.is_ascii_alphanumeric() && previous != '_'
        } else {
            unicode::is_space(previous)
        };
        previous = character;
        if starts {
            unicode::to_title(character)
        } else {
            character
        }
    })
}

/// Returns the text with the first letter of each word in lower case, words being what space separates.
fn untitle(text: &[u8]) -> Vec<u8> {
    let mut starts = true;
    map(text, |character| {
        if unicode::is_space(character) {
            starts = true;
            character
        } else if std::mem::take(&mut starts) {
            unicode::to_lower(character)
        } else {
            character
        }
    })
}

/// Returns the text with the case swapped; a lower case letter that starts a word gets title case.
fn swap(text: &[u8]) -> Vec<u8> {
    let mut starts = true;
    map(text, |character| {
        if unicode::is_upper(character) || unicode::is_title(character) {
            starts = false;
            unicode::to_lower(character)
        } else if unicode::is_lower(character) {
            if std::mem::take(&mut starts) {
                unicode::to_title(character)
            } else {
                unicode::to_upper(character)
            }
        } else {
            starts = unicode::is_space(character);
            character
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(function: impl Fn(&[u8]) -> Vec<u8>, rows: &[(&[u8], &str)]) {
        for (text, want) in rows {
            assert_eq!(String::from_utf8(function(text)).unwrap(), *want, "{text:?}");
        }
    }

    #[test]
    fn words_get_title_case() {
        check(
            title,
            &[
                (b"hello world", "Hello World"),
                (b"it's o'neil", "It'S O'Neil"),
                (b"snake_case kebab-case", "Snake_case Kebab-Case"),
                ("élan \u{1c6}\u{a0}x".as_bytes(), "Élan \u{1c5}\u{a0}X"),
                (b"\xffa", "\u{fffd}a"),
                (b"", ""),
            ],
        );
    }

    #[test]
    fn words_lose_title_case() {
        check(
            untitle,
            &[
                (b"Hello World", "hello world"),
                (b"ABC DEF", "aBC dEF"),
                (b"", ""),
            ],
        );
    }

    #[test]
    fn case_is_swapped() {
        check(
            swap,
            &[
                (b"This is A Test", "tHIS IS a tEST"),
                ("\u{1c6} \u{1c5} éa".as_bytes(), "\u{1c5} \u{1c6} ÉA"),
                (b"1a a1b", "1A A1B"),
            ],
        );
    }
}
