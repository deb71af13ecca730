//! The nodes of a document with the places where they are written.

use std::ops::Range;
use std::sync::Arc;

use super::locate::Segment;

mod events;
mod json;
mod members;

pub(crate) use members::Member;

#[cfg(test)]
mod tests;

/// Index of a node in its tree.
pub(crate) type NodeId = usize;

/// A document's nodes. Offsets count from the start of its text.
pub(crate) struct Tree {
    text: Arc<str>,
    range: Range<usize>,
    nodes: Vec<Node>,
    root: NodeId,
    /// Whether the text is JSON, where every text and key is double-quoted.
    json: bool,
}

/// A node.
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// What is written: with quotes and brackets; the lines of a block scalar without its header; nothing for a
    /// block mapping or sequence.
    pub(crate) span: Range<usize>,
    /// Anchor and tag.
    pub(crate) properties: Option<Range<usize>>,
    /// Line of the span's start, from 1.
    pub(crate) line: usize,
    /// Column of the span's start in characters, from 1.
    pub(crate) column: usize,
    /// Indentation: of the mapping that it is a key of, or of the lines of a block scalar.
    pub(crate) indent: Option<usize>,
    /// Whether aliases can stand for it.
    pub(crate) anchored: bool,
    /// Whether it stands in brackets.
    pub(crate) in_flow: bool,
    /// The key whose value it is.
    pub(crate) key: Option<NodeId>,
}

/// The shapes of nodes.
pub(crate) enum Kind {
    Scalar { text: ScalarText, style: Style },
    Mapping { entries: Vec<Entry>, flow: bool },
    Sequence { entries: Vec<NodeId>, flow: bool },
    Alias(NodeId),
}

/// The value of a scalar.
pub(crate) enum ScalarText {
    /// These bytes of the document.
    Verbatim(Range<usize>),
    /// Written in another way than it reads.
    Decoded(Box<str>),
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Single,
    Double,
    Literal,
    Folded,
}

impl Style {
    pub(crate) fn is_block(self) -> bool {
        matches!(self, Self::Literal | Self::Folded)
    }
}

/// An entry of a mapping.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) key: NodeId,
    pub(crate) value: NodeId,
}

/// What a path leads to.
pub(crate) struct Found {
    /// The key or list entry of the deepest part that is there; the root for none.
    pub(crate) deepest: NodeId,
    /// The value, behind an alias; `None` where the path goes deeper than the document.
    pub(crate) value: Option<NodeId>,
}

impl Tree {
    /// Reads a document of YAML; `None` where there is none, or it is no YAML.
    pub(crate) fn of_yaml(text: &Arc<str>, range: Range<usize>) -> Option<Self> {
        let (nodes, root) = events::read(text.get(range.clone())?)?;
        Some(Self::new(text, range, nodes, root, false))
    }

    /// Reads one value of JSON that was read well before.
    pub(crate) fn of_json(text: &Arc<str>, range: Range<usize>) -> Option<Self> {
        let (nodes, root) = json::read(text.get(range.clone())?)?;
        Some(Self::new(text, range, nodes, root, true))
    }

    fn new(text: &Arc<str>, range: Range<usize>, nodes: Vec<Node>, root: NodeId, json: bool) -> Self {
        let text = Arc::clone(text);
        Self {
            text,
            range,
            nodes,
            root,
            json,
        }
    }

    /// Returns the text of the document.
    pub(crate) fn text(&self) -> &str {
        self.text.get(self.range.clone()).unwrap_or_default()
    }

    pub(crate) fn root(&self) -> NodeId {
        self.root
    }

    /// Returns all nodes, in the order of the text.
    pub(crate) fn ids(&self) -> Range<NodeId> {
        0..self.nodes.len()
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        self.nodes
            .get(id)
            .expect("ids come from the tree that they are used with")
    }

    /// Returns the node that an alias stands for, or the node itself.
    pub(crate) fn resolve(&self, id: NodeId) -> NodeId {
        match self.node(id).kind {
            Kind::Alias(target) => target,
            _ => id,
        }
    }

    /// Returns the value of a scalar, behind an alias too.
    pub(crate) fn scalar(&self, id: NodeId) -> Option<&str> {
        match &self.node(self.resolve(id)).kind {
            Kind::Scalar { text, .. } => match text {
                ScalarText::Verbatim(range) => self.text().get(range.clone()),
                ScalarText::Decoded(text) => Some(text),
            },
            _ => None,
        }
    }

    /// Returns the entries that a mapping holds itself, behind an alias too.
    pub(crate) fn entries(&self, id: NodeId) -> &[Entry] {
        match &self.node(self.resolve(id)).kind {
            Kind::Mapping { entries, .. } => entries,
            _ => &[],
        }
    }

    /// Follows a path through aliases and merge keys.
    pub(crate) fn find(&self, path: &[Segment]) -> Found {
        let mut deepest = self.root;
        let mut at = self.resolve(self.root);
        for segment in path {
            let next = match (segment, &self.node(at).kind) {
                (Segment::Key(key), Kind::Mapping { .. }) => {
                    self.member(at, key).map(|member| (member.key, member.value))
                }
                (Segment::Index(index), Kind::Sequence { entries, .. }) => {
                    entries.get(*index).map(|entry| (*entry, *entry))
                }
                _ => None,
            };
            let Some((place, value)) = next else {
                return Found { deepest, value: None };
            };
            deepest = place;
            at = self.resolve(value);
        }
        Found {
            deepest,
            value: Some(at),
        }
    }

    /// Returns the end of what is written of a node: behind its last character, or behind the last line of a block
    /// scalar. `None` for a value of which nothing is written.
    pub(crate) fn end(&self, id: NodeId) -> Option<usize> {
        let node = self.node(id);
        let written = (!node.span.is_empty()).then_some(node.span.end);
        let of_properties = node.properties.as_ref().map(|properties| properties.end);
        match &node.kind {
            Kind::Mapping { flow: false, entries } => {
                let last = entries.last()?;
                self.end(last.value).max(self.end(last.key))
            }
            Kind::Sequence { flow: false, entries } => {
                // A last entry of which nothing is written still has its dash.
                let dash = entries.last().map(|last| self.node(*last).span.start);
                entries.last().and_then(|last| self.end(*last)).or(dash)
            }
            Kind::Scalar { style, .. } if style.is_block() => Some(self.block_end(id)),
            _ => written.or(of_properties),
        }
    }

    /// Returns the end of the last line of a block scalar. The parser's span goes on to the next token.
    fn block_end(&self, id: NodeId) -> usize {
        let span = &self.node(id).span;
        let before = self.text().get(..span.end).unwrap_or_default();
        let trimmed = before.trim_end_matches([' ', '\t', '\r', '\n']);
        let keeps_breaks = self.scalar(id).is_some_and(|text| text.ends_with("\n\n"));
        if !keeps_breaks {
            return trimmed.len();
        }
        // The breaks that `+` keeps belong to it, all but the last.
        let lines = before.trim_end_matches([' ', '\t']);
        let last = lines.strip_suffix('\n').unwrap_or(lines);
        last.strip_suffix('\r').unwrap_or(last).len()
    }
}
