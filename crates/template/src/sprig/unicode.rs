//! What Go's `unicode` and `unicode/utf8` packages say of characters: categories, simple case mappings, and how
//! bytes that are no UTF-8 are read (one U+FFFD for each byte).

mod categories;
mod mappings;

/// Stands for a byte that is no UTF-8.
pub(crate) const REPLACEMENT: char = '\u{fffd}';

/// Returns the first character and its length in bytes, U+FFFD and 1 for a byte that starts none.
///
/// `bytes` must not be empty: the length is then 0.
pub(crate) fn decode(bytes: &[u8]) -> (char, usize) {
    let Some(&first) = bytes.first() else {
        return (REPLACEMENT, 0);
    };
    let width = match first {
        0..=0x7f => return (char::from(first), 1),
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return (REPLACEMENT, 1),
    };
    let character = bytes
        .get(..width)
        .and_then(|text| std::str::from_utf8(text).ok()?.chars().next());
    character.map_or((REPLACEMENT, 1), |character| (character, width))
}

/// Returns the last character and its length in bytes, U+FFFD and 1 for a byte that ends none.
pub(crate) fn decode_last(bytes: &[u8]) -> (char, usize) {
    for width in 1..=bytes.len().min(4) {
        let tail = &bytes[bytes.len() - width..];
        if tail[0] & 0xc0 != 0x80 {
            let (character, length) = decode(tail);
            return if length == width {
                (character, length)
            } else {
                (REPLACEMENT, 1)
            };
        }
    }
    (REPLACEMENT, usize::from(!bytes.is_empty()))
}

/// Returns the characters with the bytes that each is read from.
pub(crate) fn characters(bytes: &[u8]) -> impl Iterator<Item = (char, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (character, width) = decode(rest);
        let (text, after) = rest.split_at(width);
        rest = after;
        Some((character, text))
    })
}

/// Appends a character as UTF-8.
pub(crate) fn push(out: &mut Vec<u8>, character: char) {
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Returns whether Go's `unicode.IsSpace` holds.
pub(crate) fn is_space(character: char) -> bool {
    matches!(
        character,
        '\t'..='\r' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}'
            | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Returns whether the category is Lu.
pub(crate) fn is_upper(character: char) -> bool {
    contains(categories::UPPER, character)
}

/// Returns whether the category is Ll.
pub(crate) fn is_lower(character: char) -> bool {
    contains(categories::LOWER, character)
}

/// Returns whether the category is Lt.
pub(crate) fn is_title(character: char) -> bool {
    contains(categories::TITLE, character)
}

/// Returns whether the category is L.
pub(crate) fn is_letter(character: char) -> bool {
    contains(categories::LETTER, character)
}

/// Returns whether the category is N.
pub(crate) fn is_number(character: char) -> bool {
    contains(categories::NUMBER, character)
}

/// Returns whether the category is Nd.
pub(crate) fn is_digit(character: char) -> bool {
    contains(categories::DIGIT, character)
}

/// Returns whether the category is P.
pub(crate) fn is_punctuation(character: char) -> bool {
    contains(categories::PUNCTUATION, character)
}

/// Returns the one upper case character.
pub(crate) fn to_upper(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_uppercase();
    }
    mapped(mappings::TO_UPPER, character).unwrap_or(character)
}

/// Returns the one lower case character.
pub(crate) fn to_lower(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    mapped(mappings::TO_LOWER, character).unwrap_or(character)
}

/// Returns the one title case character.
pub(crate) fn to_title(character: char) -> char {
    mapped(mappings::TO_TITLE, character).unwrap_or_else(|| to_upper(character))
}

fn contains(table: &[u32], character: char) -> bool {
    let (triples, _) = table.as_chunks::<3>();
    let code = u32::from(character);
    let at = triples.partition_point(|&[_, last, _]| last < code);
    triples
        .get(at)
        .is_some_and(|&[first, _, stride]| first <= code && (code - first) % stride == 0)
}

fn mapped(table: &[i32], character: char) -> Option<char> {
    let (runs, _) = table.as_chunks::<4>();
    let code = i32::try_from(u32::from(character)).ok()?;
    let at = runs.partition_point(|&[_, last, _, _]| last < code);
    let &[first, _, stride, distance] = runs.get(at)?;
    if first <= code && (code - first) % stride == 0 {
        char::from_u32(u32::try_from(code + distance).ok()?)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_utf8_are_read_one_by_one() {
        let read: Vec<(char, usize)> = characters(b"a\xe2\x82\xc3\xa9\xed\xa0\x80\xff")
            .map(|(c, text)| (c, text.len()))
            .collect();
        let bad = (REPLACEMENT, 1);
        assert_eq!(read, [('a', 1), bad, bad, ('é', 2), bad, bad, bad, bad]);
    }

    #[test]
    fn the_last_character_is_found_from_behind() {
        for (text, want) in [
            (&b"ab"[..], ('b', 1)),
            ("a€".as_bytes(), ('€', 3)),
            ("🦀".as_bytes(), ('🦀', 4)),
            (b"\xe2\x82", (REPLACEMENT, 1)),
            (b"\x80\x80\x80\x80\x80", (REPLACEMENT, 1)),
            (b"", (REPLACEMENT, 0)),
        ] {
            assert_eq!(decode_last(text), want, "{text:?}");
        }
    }

    #[test]
    fn case_is_mapped_one_to_one() {
        for (from, upper, lower, title) in [
            ('a', 'A', 'a', 'A'),
            ('ß', 'ß', 'ß', 'ß'),
            ('\u{1c6}', '\u{1c4}', '\u{1c6}', '\u{1c5}'),
            ('µ', 'Μ', 'µ', 'Μ'),
            ('İ', 'İ', 'i', 'İ'),
            ('ა', 'Ა', 'ა', 'ა'),
            ('5', '5', '5', '5'),
        ] {
            assert_eq!(
                (to_upper(from), to_lower(from), to_title(from)),
                (upper, lower, title),
                "{from}"
            );
        }
    }

    #[test]
    fn categories_are_those_of_go() {
        assert!(is_upper('É') && !is_upper('Ⅰ') && !is_upper('a'));
        assert!(is_lower('é') && !is_lower('ª'));
        assert!(is_letter('ª') && is_letter('漢') && !is_letter('1'));
        assert!(is_number('²') && is_number('٣') && !is_number('a'));
        assert!(is_punctuation('¿') && is_punctuation('!') && !is_punctuation('+'));
        assert!(is_title('\u{1c5}') && is_space('\u{85}') && !is_space('\u{200b}'));
    }
}
