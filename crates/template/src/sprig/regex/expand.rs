//! Replacements with references to groups.

use super::haystack::Haystack;
use super::program::Program;
use crate::sprig::unicode;

/// What a replacement is made of.
pub(super) enum Piece<'a> {
    Literal(&'a [u8]),
    /// `$1`, `${1}`.
    Number(usize),
    /// `$name`, `${name}`.
    Name(&'a [u8]),
}

/// Takes a replacement apart: `$$` is a dollar, and so is one that nothing good follows.
pub(super) fn pieces(replacement: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = replacement;
    while let Some(dollar) = memchr::memchr(b'$', rest) {
        pieces.push(Piece::Literal(&rest[..dollar]));
        let after = &rest[dollar + 1..];
        if let Some(next) = after.strip_prefix(b"$") {
            pieces.push(Piece::Literal(b"$"));
            rest = next;
        } else if let Some((name, next)) = name(after) {
            pieces.push(number(name).map_or(Piece::Name(name), Piece::Number));
            rest = next;
        } else {
            pieces.push(Piece::Literal(b"$"));
            rest = after;
        }
    }
    pieces.push(Piece::Literal(rest));
    pieces
}

impl<'a> Piece<'a> {
    /// Returns how many of the groups of those names it may refer to, that of the whole match included.
    pub(super) fn groups(&self, names: &[Option<Box<str>>]) -> usize {
        match *self {
            Self::Literal(_) => 1,
            Self::Number(index) => index.saturating_add(1).min(names.len()),
            Self::Name(name) => names
                .iter()
                .rposition(|own| is_named(own.as_deref(), name))
                .map_or(1, |index| index + 1),
        }
    }

    /// Returns the text that it stands for in the match that was found last; for a name, that of the first group of
    /// that name which took part in it.
    pub(super) fn text(&self, program: &Program, haystack: &Haystack<'a>) -> &'a [u8] {
        let span = match *self {
            Self::Literal(text) => return text,
            Self::Number(index) => program.span(index),
            Self::Name(name) => {
                let own = program.names().iter().enumerate();
                own.filter(|(_, own)| is_named(own.as_deref(), name))
                    .find_map(|(index, _)| program.span(index))
            }
        };
        span.map_or(&[], |(start, end)| haystack.between(start, end))
    }
}

fn is_named(own: Option<&str>, name: &[u8]) -> bool {
    own.is_some_and(|own| own.as_bytes() == name)
}

/// Takes `name` or `{name}`: as many letters, digits and underscores as there are.
fn name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let braced = text.strip_prefix(b"{");
    let text = braced.unwrap_or(text);
    let word = |&(character, _): &(char, &[u8])| {
        unicode::is_letter(character) || unicode::is_digit(character) || character == '_'
    };
    let end = unicode::characters(text)
        .take_while(word)
        .map(|(_, bytes)| bytes.len())
        .sum();
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    match braced {
        Some(_) => rest.strip_prefix(b"}").map(|rest| (name, rest)),
        None => Some((name, rest)),
    }
}

/// Returns the number that a name is, if it is one without a leading zero.
fn number(name: &[u8]) -> Option<usize> {
    if !name.iter().all(u8::is_ascii_digit) || (name.len() > 1 && name.starts_with(b"0")) || name.len() > 9 {
        return None;
    }
    std::str::from_utf8(name).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(replacement: &str) -> String {
        let show = |piece: &Piece<'_>| match *piece {
            Piece::Literal(text) => String::from_utf8_lossy(text).into_owned(),
            Piece::Number(index) => format!("<{index}>"),
            Piece::Name(name) => format!("<{}>", String::from_utf8_lossy(name)),
        };
        pieces(replacement.as_bytes()).iter().map(show).collect()
    }

    #[test]
    fn references_are_as_long_as_they_can_be() {
        for (replacement, want) in [
            ("$1W", "<1W>"),
            ("${1}W", "<1>W"),
            ("$$1", "$1"),
            ("$01", "<01>"),
            ("${x", "${x"),
            ("$-$", "$-$"),
            ("${}", "${}"),
            ("$name.", "<name>."),
        ] {
            assert_eq!(printed(replacement), want, "{replacement}");
        }
    }
}
