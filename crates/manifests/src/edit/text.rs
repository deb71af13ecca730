//! Any text as a scalar on one line: the value of a label or annotation.

use std::fmt::Write as _;

use serde_json::json;

use super::layout::{Obstacle, Splice, block_header, line_end, value_gap};
use crate::yaml;
use crate::yaml::tree::{Kind, NodeId, Style, Tree};

/// Returns what gives a scalar another text; `None` if it has that text already.
pub(super) fn replace(tree: &Tree, id: NodeId, text: &str) -> Result<Option<Splice>, Obstacle> {
    let node = tree.node(id);
    let Kind::Scalar { style, .. } = node.kind else {
        return Err("it is not a scalar");
    };
    // Without quotes `true` is no text, and nothing is null.
    let is_text = style != Style::Plain || (!node.span.is_empty() && is_plain(text));
    if is_text && tree.scalar(id) == Some(text) {
        return Ok(None);
    }
    let written = written(tree, text, Some(style), node.in_flow);
    let range = match style {
        Style::Plain if node.span.is_empty() => {
            let at = value_gap(tree, id).ok_or("its key has no colon")?;
            return Ok(Some(Splice::new(at..at, format!(" {written}"))));
        }
        Style::Plain | Style::Single | Style::Double => node.span.clone(),
        Style::Literal | Style::Folded => {
            let header = block_header(tree, id).ok_or("the header of its block is not where it belongs")?;
            let behind = tree.text().get(header.end..line_end(tree.text(), header.end));
            if !behind.unwrap_or_default().trim().is_empty() {
                return Err("a comment stands behind the header of its block");
            }
            header.start..tree.end(id).unwrap_or(header.end).max(header.end)
        }
    };
    Ok(Some(Splice::new(range, written)))
}

/// Returns a text in these quotes where they can hold it, else in those that it needs.
pub(super) fn written(tree: &Tree, text: &str, style: Option<Style>, in_flow: bool) -> String {
    let is_printable = text.chars().all(|c| !is_escaped(c));
    match style {
        _ if tree.is_json() => quoted(text),
        Some(Style::Single) if is_printable => format!("'{}'", text.replace('\'', "''")),
        Some(Style::Single | Style::Double) => quoted(text),
        _ if is_plain(text) && !(in_flow && text.contains([',', ':', '[', ']', '{', '}'])) => text.to_owned(),
        _ => quoted(text),
    }
}

/// Returns whether every reader takes a text without quotes for that text, outside brackets.
fn is_plain(text: &str) -> bool {
    let is_written_so =
        || yaml::to_string(&json!(text)).is_ok_and(|written| written.strip_suffix('\n') == Some(text));
    !text.contains('\n') && is_written_so()
}

/// Returns a text in double quotes, as JSON and YAML both read it.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if is_escaped(c) => {
                // Writing to a String cannot fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Returns whether a reader of YAML takes a character for something else than itself, or not at all: what controls, the
/// line breaks that Unicode adds, and the mark of byte order. All of them have four digits at most.
fn is_escaped(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_yaml_read_a_quoted_text_as_it_was() {
        for text in [
            "",
            "a\"b\\c\n\td\r",
            "\u{0}\u{7f}\u{85}\u{2028}\u{feff}\u{ffff}",
            "\u{1f600} # é: ",
        ] {
            let written = quoted(text);
            assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
            let read = yaml::parse(&format!("a: {written}\n"));
            assert_eq!(
                read.ok().and_then(|value| value.get("a").cloned()),
                Some(json!(text))
            );
        }
    }

    #[test]
    fn what_would_be_a_number_or_a_word_of_yaml_is_not_plain() {
        for text in [
            "true", "on", "12", "1.5", "null", "", "~", "- a", "a: b", "a #b", " a", "é\n",
        ] {
            assert!(!is_plain(text), "{text:?}");
        }
        for text in ["shop", "a b", "v1.2.3", "https://example.org/x"] {
            assert!(is_plain(text), "{text:?}");
        }
    }
}
