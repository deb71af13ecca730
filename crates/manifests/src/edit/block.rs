//! Entries of mappings that are written as lines.

use std::collections::BTreeSet;

use super::added::{Added, New};
use super::entry::Look;
use super::layout::{
    Obstacle, Splice, block_header, ends_line, entry_end, entry_start, line_end, line_start, next_line,
    value_gap,
};
use crate::yaml::tree::{Entry, Kind, NodeId, Tree};

/// Removes and adds entries of a block mapping. New ones stand behind the last.
pub(super) fn edit(
    tree: &Tree,
    mapping: NodeId,
    removed: &BTreeSet<usize>,
    added: &Added<'_>,
) -> Result<Vec<Splice>, Obstacle> {
    let entries = tree.entries(mapping);
    let mut splices = remove(tree, entries, removed)?;
    if added.is_empty() {
        if removed.len() == entries.len() {
            // Nothing would stand for null.
            let at = value_gap(tree, mapping).ok_or("it has no key")?;
            splices.push(Splice::new(at..at, " {}"));
        }
        return Ok(splices);
    }
    let last = entries.last().ok_or("it is empty")?;
    let indent = tree.node(last.key).indent.ok_or("its indentation is unknown")?;
    let end = entry_end(tree, last.key, last.value);
    let look = Look::of(tree, mapping);
    let is_last_removed = removed.contains(&(entries.len() - 1));
    splices.push(insert_below(tree, end, is_last_removed, indent, &look, added)?);
    Ok(splices)
}

/// Returns the lines of entries, to be taken out.
fn remove(tree: &Tree, entries: &[Entry], removed: &BTreeSet<usize>) -> Result<Vec<Splice>, Obstacle> {
    let text = tree.text();
    let mut splices: Vec<Splice> = Vec::new();
    // Where a scalar ends to which blank lines would come to belong.
    let mut open_end = None;
    for (index, entry) in entries.iter().enumerate() {
        let end = entry_end(tree, entry.key, entry.value);
        if !removed.contains(&index) {
            open_end = keeps_breaks(tree, entry.value).then(|| next_line(text, end));
            continue;
        }
        let start = entry_start(tree, entry.key);
        let line = line_start(text, start);
        if !text
            .get(line..start)
            .is_some_and(|before| before.chars().all(|c| c == ' '))
        {
            return Err("it doesn't begin on a line of its own");
        }
        if !ends_line(text, end) {
            return Err("something else follows on its line");
        }
        let mut behind = next_line(text, end);
        if open_end == Some(line) {
            while line_end(text, behind) < text.len()
                && text
                    .get(behind..line_end(text, behind))
                    .is_some_and(|line| line.trim().is_empty())
            {
                behind = next_line(text, behind);
            }
            open_end = Some(behind);
        }
        splices.push(Splice::new(line..behind, ""));
    }
    Ok(splices)
}

/// Returns whether a block scalar has the blank lines that follow it (`|+`).
fn keeps_breaks(tree: &Tree, value: NodeId) -> bool {
    let is_block = matches!(tree.node(value).kind, Kind::Scalar { style, .. } if style.is_block());
    let header = block_header(tree, value).filter(|_| is_block);
    header
        .and_then(|header| tree.text().get(header))
        .is_some_and(|header| header.contains('+'))
}

/// Turns an empty value, `{}` or null, into a block mapping.
pub(super) fn fill(tree: &Tree, empty: NodeId, added: &Added<'_>) -> Result<Vec<Splice>, Obstacle> {
    let node = tree.node(empty);
    let key = node.key.ok_or("it has no key")?;
    let indent = tree.node(key).indent.ok_or("its indentation is unknown")? + step(tree);
    let gap = value_gap(tree, empty).ok_or("its key has no colon")?;
    let end = node.span.end.max(gap);
    let mut splices = Vec::new();
    if !node.span.is_empty() {
        let between = tree.text().get(gap..node.span.start).unwrap_or_default();
        if !between.trim_matches([' ', '\t']).is_empty() {
            return Err("it doesn't stand on the line of its key");
        }
        splices.push(Splice::new(gap..end, ""));
    }
    let look = Look::of(tree, empty);
    splices.push(insert_below(tree, end, false, indent, &look, added)?);
    Ok(splices)
}

/// Inserts lines below the line of `end`.
fn insert_below(
    tree: &Tree,
    end: usize,
    is_removed: bool,
    indent: usize,
    look: &Look<'_>,
    added: &Added<'_>,
) -> Result<Splice, Obstacle> {
    let text = tree.text();
    if !ends_line(text, end) {
        return Err("something else follows on the line of its last entry");
    }
    let line_break = look.line_break(end);
    let mut lines: Vec<String> = Vec::new();
    write(look, indent, step(tree), added, &mut lines);
    let lines = lines.join(line_break);
    let at = next_line(text, end);
    let has_break = at > line_end(text, end);
    let inserted = match (has_break, is_removed) {
        (true, _) => [&lines, line_break].concat(),
        // The text ends without a break, and goes on doing so.
        (false, false) => [line_break, &lines].concat(),
        (false, true) => lines,
    };
    Ok(Splice::new(at..at, inserted))
}

fn write(look: &Look<'_>, indent: usize, step: usize, added: &Added<'_>, lines: &mut Vec<String>) {
    for (key, new) in added {
        let key = look.key(key);
        match new {
            New::Item(item) => lines.push(format!("{:indent$}{key}: {}", "", look.value(item))),
            New::Text(text) => lines.push(format!("{:indent$}{key}: {}", "", look.text(text))),
            New::Mapping(below) => {
                lines.push(format!("{:indent$}{key}:", ""));
                write(look, indent + step, step, below, lines);
            }
        }
    }
}

/// Returns the indentation of one level: that of the document's first nested mapping.
pub(super) fn step(tree: &Tree) -> usize {
    let of_mapping = |id: NodeId| {
        let node = tree.node(id);
        let Kind::Mapping { flow: false, entries } = &node.kind else {
            return None;
        };
        let outer = tree.node(node.key?).indent?;
        let inner = tree.node(entries.first()?.key).indent?;
        inner.checked_sub(outer).filter(|step| *step > 0)
    };
    tree.ids().find_map(of_mapping).unwrap_or(2)
}
