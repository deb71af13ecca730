//! The text of a new entry, in the style of its neighbours.

use serde_json::{Value, json};

use super::layout::{block_header, break_at, next_line};
use super::runs::{is_ciphertext, refill, runs};
use super::scalar::bare;
use super::text;
use crate::yaml;
use crate::yaml::tree::{Entry, Kind, NodeId, Style, Tree};

/// What new entries of a mapping look like.
pub(super) struct Look<'t> {
    tree: &'t Tree,
    /// The quotes of keys.
    quote: Option<char>,
    /// The neighbour whose value is a ciphertext; the new one is poured into its style.
    sample: Option<Entry>,
    in_flow: bool,
    /// The style of the last value.
    style: Option<Style>,
}

impl<'t> Look<'t> {
    /// Learns from the entries of a mapping, or from its key if it has none.
    pub(super) fn of(tree: &'t Tree, container: NodeId) -> Self {
        let node = tree.node(container);
        let entries = tree.entries(container);
        let is_sample = |entry: &&Entry| {
            matches!(tree.node(entry.value).kind, Kind::Scalar { .. })
                && tree.scalar(entry.value).is_some_and(is_ciphertext)
        };
        let sample = entries.iter().rev().find(is_sample).copied();
        let key = sample.or_else(|| entries.last().copied()).map(|entry| entry.key);
        let quote = key.or(node.key).and_then(|key| match tree.node(key).kind {
            Kind::Scalar {
                style: Style::Single, ..
            } => Some('\''),
            Kind::Scalar {
                style: Style::Double, ..
            } => Some('"'),
            _ => None,
        });
        let style = entries
            .last()
            .and_then(|entry| match tree.node(entry.value).kind {
                Kind::Scalar { style, .. } => Some(style),
                _ => None,
            });
        let in_flow = node.in_flow || matches!(node.kind, Kind::Mapping { flow: true, .. });
        Self {
            tree,
            quote,
            sample,
            in_flow,
            style,
        }
    }

    /// Returns the line break that a value with several lines would need.
    pub(super) fn line_break(&self, at: usize) -> &'static str {
        break_at(self.tree.text(), at)
    }

    /// Returns a key in the quotes of its neighbours, or in those that it needs.
    pub(super) fn key(&self, key: &str) -> String {
        key_text(
            key,
            if self.tree.is_json() {
                Some('"')
            } else {
                self.quote
            },
        )
    }

    /// Returns what stands between key and value in brackets, as `: `.
    pub(super) fn colon(&self) -> &'t str {
        let between = |entry: Entry| {
            let from = self.tree.end(entry.key)?;
            let to = self.tree.node(entry.value).span.start;
            self.tree.text().get(from..to)
        };
        let is_usual = |text: &&str| text.trim_matches([' ', '\t']) == ":";
        let own = self.sample.and_then(between).filter(is_usual);
        // Another mapping of the document shows whether it is compact.
        let root = || {
            self.tree
                .entries(self.tree.root())
                .first()
                .copied()
                .and_then(between)
        };
        own.or_else(|| root().filter(is_usual)).unwrap_or(": ")
    }

    /// Returns any text in the quotes of its neighbour, or in those that it needs.
    pub(super) fn text(&self, text: &str) -> String {
        text::written(self.tree, text, self.style, self.in_flow)
    }

    /// Returns a value in the style of its neighbour.
    pub(super) fn value(&self, item: &str) -> String {
        let plain = || match self.quote {
            Some('"') => format!("\"{item}\""),
            _ => bare(self.tree, item, self.in_flow),
        };
        let Some(sample) = self.sample else { return plain() };
        let node = self.tree.node(sample.value);
        let (Kind::Scalar { style, .. }, Some(source)) =
            (&node.kind, self.tree.text().get(node.span.clone()))
        else {
            return plain();
        };
        let runs = runs(source, *style);
        let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
            return plain();
        };
        match style {
            Style::Plain => bare(self.tree, item, self.in_flow),
            Style::Single => format!("'{item}'"),
            Style::Double => {
                let before = source.get(..first.range.start).unwrap_or_default();
                let after = source.get(last.range.end..).unwrap_or_default();
                [before, &refill(source, &runs, item), after].concat()
            }
            Style::Literal | Style::Folded => {
                let text = self.tree.text();
                let Some(header) = block_header(self.tree, sample.value) else {
                    return plain();
                };
                let lines = next_line(text, header.end);
                let indent = text
                    .get(lines..node.span.start + first.range.start)
                    .unwrap_or_default();
                let mark = text.get(header.clone()).unwrap_or_default();
                let filled = refill(source, &runs, item);
                [mark, self.line_break(header.end), indent, &filled].concat()
            }
        }
    }
}

/// Returns a key in these quotes, or in none where every reader takes it for that text.
pub(super) fn key_text(key: &str, quote: Option<char>) -> String {
    if let Some(quote) = quote {
        return format!("{quote}{key}{quote}");
    }
    let mut mapping = serde_json::Map::new();
    mapping.insert(key.to_owned(), Value::from(1));
    let written = yaml::to_string(&json!(mapping)).unwrap_or_default();
    match written.strip_suffix(": 1\n") {
        Some(written) => written.to_owned(),
        None => format!("\"{key}\""),
    }
}
