//! One scalar with another text, in the style that it has.

use serde_json::json;

use super::layout::{Obstacle, Splice, block_header, ends_line, next_line, value_gap};
use super::runs::{self, is_ciphertext, refill};
use crate::yaml;
use crate::yaml::tree::{Kind, NodeId, Style, Tree};

/// Returns what gives a scalar another text; `None` if it has that text already.
///
/// The text is ASCII without quotes and escapes: base64 or a list of fingerprints. The lines of a ciphertext are kept
/// where that is asked for; another value on several lines, which was no ciphertext, comes to stand on one.
pub(super) fn replace(
    tree: &Tree,
    id: NodeId,
    text: &str,
    keep_lines: bool,
) -> Result<Option<Splice>, Obstacle> {
    let node = tree.node(id);
    let Kind::Scalar { style, .. } = node.kind else {
        return Err("it is not a scalar");
    };
    let value = tree.scalar(id).unwrap_or_default();
    // A fingerprint list and base64 are the same with line breaks: every reader passes over them.
    if value
        .chars()
        .filter(|c| !matches!(c, '\r' | '\n'))
        .eq(text.chars())
        && !node.span.is_empty()
    {
        return Ok(None);
    }
    let source = tree.text().get(node.span.clone()).unwrap_or_default();
    if keep_lines && is_ciphertext(value) {
        let runs = runs::runs(source, style);
        if let (Some(first), Some(last)) = (runs.first(), runs.last()) {
            let range = node.span.start + first.range.start..node.span.start + last.range.end;
            let text = match style {
                // Digits alone would be a number.
                Style::Plain if runs.len() == 1 => bare(tree, text, node.in_flow),
                _ => refill(source, &runs, text),
            };
            return Ok(Some(Splice::new(range, text)));
        }
    }
    let span = node.span.clone();
    let splice = match style {
        Style::Plain if span.is_empty() => {
            let at = value_gap(tree, id).ok_or("its key has no colon")?;
            Splice::new(at..at, format!(" {}", bare(tree, text, node.in_flow)))
        }
        Style::Plain => Splice::new(span, bare(tree, text, node.in_flow)),
        Style::Single | Style::Double => Splice::new(span.start + 1..span.end - 1, text),
        Style::Literal | Style::Folded => {
            let header = block_header(tree, id).ok_or("the header of its block is not where it belongs")?;
            match node.indent {
                Some(indent) if !span.is_empty() => {
                    let lines = next_line(tree.text(), header.end)..tree.end(id).unwrap_or(span.end);
                    Splice::new(lines, format!("{:indent$}{text}", ""))
                }
                _ if ends_line(tree.text(), header.end) => {
                    Splice::new(header, bare(tree, text, node.in_flow))
                }
                _ => return Err("the header of its block is not where it belongs"),
            }
        }
    };
    Ok(Some(splice))
}

/// Returns a text without quotes where every reader takes it for that text, else in double quotes.
pub(super) fn bare(tree: &Tree, text: &str, in_flow: bool) -> String {
    let needs_quotes = tree.is_json() || in_flow && text.contains([',', ':']);
    if !needs_quotes && is_plain(text) {
        text.to_owned()
    } else {
        format!("\"{text}\"")
    }
}

/// Returns whether every reader takes a text without quotes for that text, outside brackets.
fn is_plain(text: &str) -> bool {
    let is_base64 = |text: &str| text.chars().all(runs::is_base64);
    // No word or number is that long and begins with a letter.
    let is_long = text.len() > 64 && text.starts_with(|c: char| c.is_ascii_alphabetic()) && is_base64(text);
    let is_fingerprint = |text: &str| text.strip_prefix("SHA256:").is_some_and(is_base64);
    // Our own writer minds what YAML 1.1 takes for numbers and the like.
    let is_written_so =
        || yaml::to_string(&json!(text)).is_ok_and(|written| written.strip_suffix('\n') == Some(text));
    is_long || text.split(',').all(is_fingerprint) || is_written_so()
}
