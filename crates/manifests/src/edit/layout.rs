//! Where lines, colons, commas and the headers of block scalars stand between the nodes of a document.

use std::ops::Range;

use crate::yaml::tree::{NodeId, Tree};

/// A part of a document to be replaced.
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

impl Splice {
    pub(super) fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { range, text }
    }
}

/// Why an edit can't be made in place: half a sentence behind "because".
pub(super) type Obstacle = &'static str;

/// Returns the offset behind white space, line breaks and comments.
pub(super) fn skip_blank(text: &str, from: usize) -> usize {
    let mut at = from;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        at += blank;
        // A comment stands apart from what is before it.
        if !rest.get(blank..).is_some_and(|rest| rest.starts_with('#')) {
            return at;
        }
        at = line_end(text, at);
    }
}

/// Returns the offset of the first character of a line.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rfind(['\n', '\r']).map_or(0, |at| at + 1)
}

/// Returns the end of a line, before its break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.find(['\n', '\r']).unwrap_or(rest.len())
}

/// Returns the start of the next line; the end of the text, if this is the last.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    let end = line_end(text, at);
    let rest = text.get(end..).unwrap_or_default();
    end + line_break(rest).map_or(0, str::len)
}

/// Returns the line break at the start of a text.
fn line_break(text: &str) -> Option<&'static str> {
    ["\r\n", "\n", "\r"]
        .into_iter()
        .find(|line_break| text.starts_with(line_break))
}

/// Returns the line break that is used around `at`.
pub(super) fn break_at(text: &str, at: usize) -> &'static str {
    let here = text.get(line_end(text, at)..).and_then(line_break);
    let first = || text.get(line_end(text, 0)..).and_then(line_break);
    here.or_else(first).unwrap_or("\n")
}

/// Returns whether nothing but white space and a comment stands between `at` and the end of its line.
pub(super) fn ends_line(text: &str, at: usize) -> bool {
    let rest = text.get(at..line_end(text, at)).unwrap_or_default();
    let bare = rest.trim_start_matches([' ', '\t']);
    bare.is_empty() || (bare.starts_with('#') && bare.len() < rest.len())
}

/// Returns whether nothing but white space stands before `at` on its line.
pub(super) fn begins_line(text: &str, at: usize) -> bool {
    let before = text.get(line_start(text, at)..at).unwrap_or_default();
    before.trim_start_matches([' ', '\t']).is_empty()
}

/// Returns the offset behind the colon of a key; `None` where it has none.
pub(super) fn after_colon(tree: &Tree, key: NodeId) -> Option<usize> {
    let at = skip_blank(tree.text(), tree.end(key)?);
    tree.text().get(at..)?.starts_with(':').then_some(at + 1)
}

/// Returns the offset at which a value may begin: behind the colon, anchor and tag.
pub(super) fn value_gap(tree: &Tree, value: NodeId) -> Option<usize> {
    let node = tree.node(value);
    match &node.properties {
        Some(properties) => Some(properties.end),
        None => after_colon(tree, node.key?),
    }
}

/// Returns where the header of a block scalar stands: the mark and its indicators.
pub(super) fn block_header(tree: &Tree, scalar: NodeId) -> Option<Range<usize>> {
    let text = tree.text();
    let start = skip_blank(text, value_gap(tree, scalar)?);
    let rest = text.get(start..)?;
    let indicators = rest.strip_prefix(['|', '>'])?;
    let len = indicators
        .find(|c: char| !matches!(c, '+' | '-' | '0'..='9'))
        .unwrap_or(indicators.len());
    Some(start..start + 1 + len)
}

/// Returns the first offset of an entry: of its key's anchor or tag, or of the `?` before it.
pub(super) fn entry_start(tree: &Tree, key: NodeId) -> usize {
    let node = tree.node(key);
    let start = node.properties.as_ref().map_or(node.span.start, |properties| {
        properties.start.min(node.span.start)
    });
    let before = tree.text().get(..start).unwrap_or_default();
    let bare = before.trim_end_matches([' ', '\t']);
    if bare.len() < before.len() && bare.ends_with('?') {
        bare.len() - 1
    } else {
        start
    }
}

/// Returns the end of an entry, without a comma or comment.
pub(super) fn entry_end(tree: &Tree, key: NodeId, value: NodeId) -> usize {
    let of_key = tree.end(key).unwrap_or_else(|| tree.node(key).span.end);
    let of_colon = after_colon(tree, key);
    // Of a value that is null nothing need be written.
    tree.end(value).max(of_colon).unwrap_or(of_key).max(of_key)
}
