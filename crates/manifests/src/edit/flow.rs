//! Entries of mappings that are written in braces: YAML's flow style, and JSON.

use std::collections::BTreeSet;
use std::ops::Range;

use super::added::{Added, New};
use super::entry::Look;
use super::layout::{
    Obstacle, Splice, begins_line, ends_line, entry_end, entry_start, line_end, line_start, next_line,
    skip_blank, value_gap,
};
use crate::yaml::tree::{Entry, Kind, NodeId, Tree};

/// Removes and adds entries of a mapping in braces that has some. New ones stand behind the last, or where one is
/// removed.
pub(super) fn edit(
    tree: &Tree,
    mapping: NodeId,
    removed: &BTreeSet<usize>,
    added: &Added<'_>,
) -> Result<Vec<Splice>, Obstacle> {
    let entries = tree.entries(mapping);
    let look = Look::of(tree, mapping);
    let mut splices = Vec::new();
    let mut removed: Vec<usize> = removed.iter().copied().collect();
    let mut added = added.clone();
    while let (Some(index), Some((key, new))) = (removed.first(), added.first_key_value()) {
        let span = entries
            .get(*index)
            .map(|entry| span(tree, *entry))
            .ok_or("it has no such entry")?;
        splices.push(Splice::new(span, entry(&look, key, new)));
        removed.remove(0);
        added.pop_first();
    }
    if removed.len() == entries.len() {
        splices.push(clear(tree, mapping)?);
        return Ok(splices);
    }
    for group in removed.chunk_by(|one, next| one + 1 == *next) {
        remove(tree, entries, group, &mut splices)?;
    }
    if !added.is_empty() {
        insert(tree, mapping, &look, &added, &mut splices)?;
    }
    Ok(splices)
}

/// Turns an empty value, `{}` or null, into a mapping in braces.
pub(super) fn fill(tree: &Tree, empty: NodeId, added: &Added<'_>) -> Result<Vec<Splice>, Obstacle> {
    let text = tree.text();
    let node = tree.node(empty);
    let look = Look::of(tree, empty);
    if matches!(node.kind, Kind::Mapping { .. }) {
        let inside = text
            .get(node.span.start + 1..node.span.end - 1)
            .unwrap_or_default();
        if !inside.trim().is_empty() {
            return Err("a comment stands in its braces");
        }
    }
    let key = node.key.ok_or("it has no key")?;
    let start = tree.node(key).span.start;
    let filled = if begins_line(text, start) {
        let indent = text.get(line_start(text, start)..start).unwrap_or_default();
        let lines = Lines::of(tree, &look, start);
        lines.braces(indent, added)
    } else {
        ["{", &nested(&look, added), "}"].concat()
    };
    if node.span.is_empty() {
        let at = value_gap(tree, empty).ok_or("its key has no colon")?;
        return Ok(vec![Splice::new(at..at, format!(" {filled}"))]);
    }
    Ok(vec![Splice::new(node.span.clone(), filled)])
}

/// Entries on lines of their own.
struct Lines<'l> {
    look: &'l Look<'l>,
    line_break: &'static str,
    /// What one level adds to the indentation.
    step: &'l str,
}

impl<'l> Lines<'l> {
    fn of(tree: &'l Tree, look: &'l Look<'l>, at: usize) -> Self {
        Self {
            look,
            line_break: look.line_break(at),
            step: step(tree),
        }
    }

    /// Returns entries, behind `indent`.
    fn entries(&self, indent: &str, added: &Added<'_>) -> String {
        let entries: Vec<String> = added
            .iter()
            .map(|(key, new)| match new {
                New::Mapping(below) => [
                    &self.look.key(key),
                    self.look.colon(),
                    &self.braces(indent, below),
                ]
                .concat(),
                _ => entry(self.look, key, new),
            })
            .collect();
        entries.join(&[",", self.line_break, indent].concat())
    }

    /// Returns them in braces, whose line has `indent`.
    fn braces(&self, indent: &str, added: &Added<'_>) -> String {
        let deeper = [indent, self.step].concat();
        let entries = self.entries(&deeper, added);
        [
            "{",
            self.line_break,
            &deeper,
            &entries,
            self.line_break,
            indent,
            "}",
        ]
        .concat()
    }
}

/// Returns the indentation that one level adds: that of the outermost mapping with entries on lines of their own.
fn step(tree: &Tree) -> &str {
    let text = tree.text();
    let indent = |id: NodeId| {
        let Kind::Mapping { flow: true, entries } = &tree.node(id).kind else {
            return None;
        };
        let start = tree.node(entries.first()?.key).span.start;
        let indent = text.get(line_start(text, start)..start)?;
        (begins_line(text, start) && !indent.is_empty()).then_some(indent)
    };
    tree.ids()
        .find_map(indent)
        .filter(|_| tree.is_json())
        .unwrap_or("  ")
}

/// Returns entries on one line, in braces but for the outermost.
fn nested(look: &Look<'_>, added: &Added<'_>) -> String {
    let entries: Vec<String> = added.iter().map(|(key, new)| entry(look, key, new)).collect();
    entries.join(if look.colon() == ":" { "," } else { ", " })
}

fn entry(look: &Look<'_>, key: &str, new: &New<'_>) -> String {
    let value = match new {
        New::Item(item) => look.value(item),
        New::Text(text) => look.text(text),
        New::Mapping(below) => ["{", &nested(look, below), "}"].concat(),
    };
    [&look.key(key), look.colon(), &value].concat()
}

fn span(tree: &Tree, entry: Entry) -> Range<usize> {
    entry_start(tree, entry.key)..entry_end(tree, entry.key, entry.value)
}

/// Returns the offset of the comma behind `at`.
fn comma(text: &str, at: usize) -> Option<usize> {
    let at = skip_blank(text, at);
    text.get(at..)?.starts_with(',').then_some(at)
}

/// Removes everything between the braces.
fn clear(tree: &Tree, mapping: NodeId) -> Result<Splice, Obstacle> {
    let text = tree.text();
    let entries = tree.entries(mapping);
    let whole = tree.node(mapping).span.clone();
    let inside = whole.start + 1..whole.end - 1;
    let mut at = inside.start;
    for entry in entries {
        let span = span(tree, *entry);
        let between = text.get(at..span.start).unwrap_or_default();
        if between.trim_matches([' ', '\t', '\r', '\n', ',']).is_empty() {
            at = span.end;
        } else {
            return Err("comments stand between its entries");
        }
    }
    let rest = text.get(at..inside.end).unwrap_or_default();
    if rest.trim_matches([' ', '\t', '\r', '\n', ',']).is_empty() {
        Ok(Splice::new(inside, ""))
    } else {
        Err("comments stand between its entries")
    }
}

/// Removes neighbours, but not all entries.
fn remove(
    tree: &Tree,
    entries: &[Entry],
    group: &[usize],
    splices: &mut Vec<Splice>,
) -> Result<(), Obstacle> {
    let text = tree.text();
    let at = |index: Option<&usize>| {
        index
            .and_then(|index| entries.get(*index))
            .map(|entry| span(tree, *entry))
    };
    let (Some(first), Some(last)) = (at(group.first()), at(group.last())) else {
        return Err("it has no such entry");
    };
    let previous = group
        .first()
        .and_then(|index| entries.get(index.checked_sub(1)?))
        .map(|entry| span(tree, *entry));
    let after = comma(text, last.end);
    let end = after.map_or(last.end, |comma| comma + 1);
    let before = previous.as_ref().and_then(|previous| comma(text, previous.end));
    if begins_line(text, first.start) && ends_line(text, end) {
        // Lines between that are comments go with their group: they stand inside it.
        splices.push(Splice::new(
            line_start(text, first.start)..next_line(text, end),
            "",
        ));
        if let (None, Some(before)) = (after, before) {
            splices.push(Splice::new(before..before + 1, ""));
        }
    } else if after.is_some() {
        let rest = text.get(end..line_end(text, end)).unwrap_or_default();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        splices.push(Splice::new(first.start..end + blank, ""));
    } else if let (Some(previous), Some(before)) = (previous, before) {
        let between = text.get(previous.end..first.start).unwrap_or_default();
        if between.trim_matches([' ', '\t', '\r', '\n', ',']).is_empty() {
            splices.push(Splice::new(previous.end..last.end, ""));
        } else {
            splices.push(Splice::new(before..before + 1, ""));
            splices.push(Splice::new(first.start..last.end, ""));
        }
    }
    Ok(())
}

/// Inserts behind the last entry.
fn insert(
    tree: &Tree,
    mapping: NodeId,
    look: &Look<'_>,
    added: &Added<'_>,
    splices: &mut Vec<Splice>,
) -> Result<(), Obstacle> {
    let text = tree.text();
    let entries = tree.entries(mapping);
    let last = span(tree, *entries.last().ok_or("it is empty")?);
    let trailing = comma(text, last.end);
    if !begins_line(text, last.start) {
        let separator = if look.colon() == ":" { "," } else { ", " };
        let inserted = [separator, &nested(look, added)].concat();
        splices.push(Splice::new(last.end..last.end, inserted));
        return Ok(());
    }
    let line_break = look.line_break(last.start);
    let indent = text
        .get(line_start(text, last.start)..last.start)
        .unwrap_or_default();
    let lines = Lines::of(tree, look, last.start).entries(indent, added);
    let end = trailing.map_or(last.end, |comma| comma + 1);
    if ends_line(text, end) {
        // A comment behind the last entry stays with it.
        let at = line_end(text, end);
        let comma = if trailing.is_some() { "," } else { "" };
        if trailing.is_none() {
            splices.push(Splice::new(last.end..last.end, ","));
        }
        splices.push(Splice::new(at..at, [line_break, indent, &lines, comma].concat()));
    } else {
        splices.push(Splice::new(
            last.end..last.end,
            [",", line_break, indent, &lines].concat(),
        ));
    }
    Ok(())
}
