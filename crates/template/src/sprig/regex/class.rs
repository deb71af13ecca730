//! Classes of characters.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

/// Returns the class that `\d`, `\s` or `\w` names: ASCII alone, and no vertical tab.
pub(super) fn perl(letter: char) -> Option<ClassUnicode> {
    Some(match letter.to_ascii_lowercase() {
        'd' => of(&[('0', '9')]),
        's' => of(&[('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')]),
        'w' => of(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        _ => return None,
    })
}

/// Returns the class that stands in `[:` and `:]`.
pub(super) fn posix(name: &str) -> Option<ClassUnicode> {
    Some(match name {
        "alnum" => of(&[('0', '9'), ('A', 'Z'), ('a', 'z')]),
        "alpha" => of(&[('A', 'Z'), ('a', 'z')]),
        "ascii" => of(&[('\0', '\u{7f}')]),
        "blank" => of(&[('\t', '\t'), (' ', ' ')]),
        "cntrl" => of(&[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')]),
        "digit" => of(&[('0', '9')]),
        "graph" => of(&[('!', '~')]),
        "lower" => of(&[('a', 'z')]),
        "print" => of(&[(' ', '~')]),
        "punct" => of(&[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]),
        "space" => of(&[('\t', '\r'), (' ', ' ')]),
        "upper" => of(&[('A', 'Z')]),
        "word" => of(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        "xdigit" => of(&[('0', '9'), ('A', 'F'), ('a', 'f')]),
        _ => return None,
    })
}

/// Returns the class of a general category or a script. Case, spaces, hyphens and underscores don't matter.
pub(super) fn unicode(name: &str) -> Option<ClassUnicode> {
    let mut name: String = name
        .chars()
        .filter(|letter| !matches!(letter, '_' | '-' | ' '))
        .collect();
    name.make_ascii_lowercase();
    let known = |names: &str| names.split(' ').any(|known| known.eq_ignore_ascii_case(&name));
    let property = if known(CATEGORIES) {
        "gc"
    } else if known(SCRIPTS) {
        "sc"
    } else {
        return None;
    };
    if name == "cs" || name == "surrogate" {
        // No character is one.
        return Some(of(&[]));
    }
    let hir = regex_syntax::parse(&format!(r"\p{{{property}={name}}}")).ok()?;
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        HirKind::Literal(text) => {
            let character = std::str::from_utf8(&text.0).ok()?.chars().next()?;
            Some(of(&[(character, character)]))
        }
        _ => None,
    }
}

/// Returns the characters from one code to another; surrogates are none.
pub(super) fn codes(first: u32, last: u32) -> ClassUnicode {
    let below = |code: u32| {
        if (0xd800..0xe000).contains(&code) {
            0xd7ff
        } else {
            code
        }
    };
    let above = |code: u32| {
        if (0xd800..0xe000).contains(&code) {
            0xe000
        } else {
            code
        }
    };
    let bounds = char::from_u32(above(first)).zip(char::from_u32(below(last)));
    match bounds.filter(|(first, last)| first <= last) {
        Some((first, last)) => of(&[(first, last)]),
        None => of(&[]),
    }
}

fn of(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(
        ranges
            .iter()
            .map(|&(first, last)| ClassUnicodeRange::new(first, last)),
    )
}

/// The categories that Go knows by name, short and long.
const CATEGORIES: &str = "\
    Any Ascii Assigned C Casedletter Cc Cf Closepunctuation Cn Cntrl Co Combiningmark Connectorpunctuation \
    Control Cs Currencysymbol Dashpunctuation Decimalnumber Digit Enclosingmark Finalpunctuation Format \
    Initialpunctuation L Lc Letter Letternumber Lineseparator Ll Lm Lo Lowercaseletter Lt Lu M Mark \
    Mathsymbol Mc Me Mn Modifierletter Modifiersymbol N Nd Nl No Nonspacingmark Number Openpunctuation Other \
    Otherletter Othernumber Otherpunctuation Othersymbol P Paragraphseparator Pc Pd Pe Pf Pi Po Privateuse \
    Ps Punct Punctuation S Sc Separator Sk Sm So Spaceseparator Spacingmark Surrogate Symbol Titlecaseletter \
    Unassigned Uppercaseletter Z Zl Zp Zs";

/// The scripts that Go knows by name: those of several words it does not find.
const SCRIPTS: &str = "\
    Adlam Ahom Arabic Armenian Avestan Balinese Bamum Batak Bengali Bhaiksuki Bopomofo Brahmi Braille \
    Buginese Buhid Carian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret \
    Devanagari Dogra Duployan Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati \
    Gurmukhi Han Hangul Hanunoo Hatran Hebrew Hiragana Inherited Javanese Kaithi Kannada Katakana Kawi \
    Kharoshthi Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Lisu Lycian Lydian Mahajani Makasar Malayalam \
    Mandaic Manichaean Marchen Medefaidrin Miao Modi Mongolian Mro Multani Myanmar Nabataean Nandinagari \
    Newa Nko Nushu Ogham Oriya Osage Osmanya Palmyrene Phoenician Rejang Runic Samaritan Saurashtra Sharada \
    Shavian Siddham Sinhala Sogdian Soyombo Sundanese Syriac Tagalog Tagbanwa Takri Tamil Tangsa Tangut \
    Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Yezidi Yi";
