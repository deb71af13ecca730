//! Documents that are no objects: patches as RFC 6902 has them, and texts.

use manifests::documents::DocumentError;
use manifests::edit;

use super::super::object;
use crate::error::CommandError;

/// What to make of a file that can't be read because a document in it is no object: `None` if no SealedSecret is in it.
pub(super) fn judged(name: &str, text: &[u8], error: DocumentError) -> Option<CommandError> {
    let text = String::from_utf8_lossy(text);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut objects = String::with_capacity(text.len());
    let mut is_hidden = false;
    for piece in pieces(text) {
        if let Err(DocumentError::NotAnObject { .. }) = edit::read(name, piece.as_bytes()) {
            is_hidden |= may_hold_one(piece);
            // An empty object of as many lines, so that the others keep their numbers.
            objects.push_str(if piece.starts_with("---") { "--- {}" } else { "{}" });
            objects.extend(piece.matches('\n'));
        } else {
            objects.push_str(piece);
        }
    }
    match edit::read(name, objects.as_bytes()) {
        Err(error) => Some(CommandError::failed(error)),
        Ok(read) => {
            let has_one = is_hidden || read.documents().iter().any(object::is_one);
            has_one.then(|| {
                CommandError::failed(error).hint(
                    "put the SealedSecrets into a file of its own; a list of objects is written as `kind: List`",
                )
            })
        }
    }
}

/// The parts between separators, each with the separator that begins it. By the YAML specification (9.1.2) such a line
/// separates wherever it stands.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        let is_separator = line
            .strip_prefix("---")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']));
        if is_separator && at > start {
            pieces.extend(text.get(start..at));
            start = at;
        }
        at += line.len();
    }
    pieces.extend(text.get(start..));
    pieces
}

/// Whether a text that isn't read any further may hold a SealedSecret: a field `kind` of that value, in whatever quotes.
/// Where the value is written in a way that isn't known here, it may.
fn may_hold_one(piece: &str) -> bool {
    piece.split("kind").skip(1).any(|after| {
        let after = after.trim_start_matches(['"', '\'']).trim_start();
        let Some(value) = after.strip_prefix(':') else {
            return false;
        };
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        value.starts_with("SealedSecret") || value.starts_with(['&', '*', '!', '|', '>'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_that_kind_is_seen_however_it_is_written() {
        let check = |text: &str, expected| assert_eq!(may_hold_one(text), expected, "{text}");
        check("- kind: SealedSecret", true);
        check("[{\"kind\":\"SealedSecret\"}]", true);
        check("- {'kind' : 'SealedSecret'}", true);
        check("- kind:\n    SealedSecret", true);
        check("- kind: &k SealedSecret", true);
        check("- kind: Other\n- a kind of SealedSecret", false);
        check("- path: /kind\n  value: SealedSecret", false);
        check("SealedSecret", false);
    }

    #[test]
    fn a_text_is_taken_apart_at_its_separators() {
        assert_eq!(
            pieces("a\n---\nb\n--- c\n----\n"),
            ["a\n", "---\nb\n", "--- c\n----\n"]
        );
        assert_eq!(pieces("---\na"), ["---\na"]);
        assert_eq!(pieces(""), [""]);
    }
}
