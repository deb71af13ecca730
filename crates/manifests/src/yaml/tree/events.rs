//! YAML: a tree of the parser's events.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle, options};

use super::{Entry, Kind, Node, NodeId, ScalarText, Style};

/// Returns the nodes of a document and its root; `None` where there is none, or the text is no YAML.
pub(super) fn read(text: &str) -> Option<(Vec<Node>, NodeId)> {
    let mut builder = Builder::default();
    let options = options! { emit_anchor_events: true, emit_comments: false };
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.ok()?;
        builder.take(text, event, &span)?;
    }
    Some((builder.nodes, builder.root?))
}

#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    root: Option<NodeId>,
    /// Collections that are not at their end, with a key that waits for its value.
    open: Vec<(NodeId, Option<NodeId>)>,
    anchors: HashMap<usize, NodeId>,
}

impl Builder {
    fn take(&mut self, text: &str, event: Event<'_>, span: &Span) -> Option<()> {
        let range = span.byte_range()?;
        let anchor = event.anchor_id();
        match event {
            Event::Scalar(value, style, ..) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::Single,
                    ScalarStyle::DoubleQuoted => Style::Double,
                    ScalarStyle::Literal => Style::Literal,
                    ScalarStyle::Folded => Style::Folded,
                };
                let value = scalar_text(text, &range, value);
                self.add(Kind::Scalar { text: value, style }, span, range);
            }
            Event::MappingStart(style, ..) => {
                let entries = Vec::new();
                let flow = style == StructureStyle::Flow;
                let id = self.add(Kind::Mapping { entries, flow }, span, range);
                self.open.push((id, None));
            }
            Event::SequenceStart(style, ..) => {
                let entries = Vec::new();
                let flow = style == StructureStyle::Flow;
                let id = self.add(Kind::Sequence { entries, flow }, span, range);
                self.open.push((id, None));
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let (id, _) = self.open.pop()?;
                let node = self.nodes.get_mut(id)?;
                match node.kind {
                    Kind::Mapping { flow: true, .. } | Kind::Sequence { flow: true, .. } => {
                        node.span.end = range.end;
                    }
                    _ => node.span.end = node.span.start,
                }
            }
            Event::Alias(target) => {
                let target = *self.anchors.get(&target)?;
                self.add(Kind::Alias(target), span, range);
            }
            // It follows its node.
            Event::Anchor(..) => {
                let node = self.nodes.last_mut()?;
                node.anchored = true;
                node.properties = Some(around(node.properties.take(), range));
                return Some(());
            }
            _ => return Some(()),
        }
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, self.nodes.len() - 1);
        }
        Some(())
    }

    fn add(&mut self, kind: Kind, span: &Span, range: Range<usize>) -> NodeId {
        let id = self.nodes.len();
        let in_flow = self.open.last().is_some_and(|(parent, _)| self.is_flow(*parent));
        let key = self.attach(id);
        self.nodes.push(Node {
            kind,
            span: range,
            properties: span.tag_span().and_then(|tag| tag.byte_range()),
            line: span.start.line(),
            column: span.start.col() + 1,
            indent: span.indent,
            anchored: false,
            in_flow,
            key,
        });
        id
    }

    fn is_flow(&self, id: NodeId) -> bool {
        matches!(
            self.nodes.get(id).map(|node| &node.kind),
            Some(Kind::Mapping { flow: true, .. } | Kind::Sequence { flow: true, .. })
        )
    }

    /// Gives a node to the collection that it stands in, and returns its key.
    fn attach(&mut self, id: NodeId) -> Option<NodeId> {
        let Some((parent, waiting)) = self.open.last_mut() else {
            self.root.get_or_insert(id);
            return None;
        };
        match &mut self.nodes.get_mut(*parent)?.kind {
            Kind::Mapping { entries, .. } => {
                let key = waiting.take();
                if let Some(key) = key {
                    entries.push(Entry { key, value: id });
                } else {
                    *waiting = Some(id);
                }
                key
            }
            Kind::Sequence { entries, .. } => {
                entries.push(id);
                None
            }
            _ => None,
        }
    }
}

fn scalar_text(text: &str, range: &Range<usize>, value: Cow<'_, str>) -> ScalarText {
    // Plain, or in quotes.
    let quoted = range.start + 1..range.end.saturating_sub(1);
    for range in [range.clone(), quoted] {
        if text.get(range.clone()) == Some(&*value) {
            return ScalarText::Verbatim(range);
        }
    }
    ScalarText::Decoded(value.into())
}

fn around(one: Option<Range<usize>>, other: Range<usize>) -> Range<usize> {
    match one {
        Some(one) => one.start.min(other.start)..one.end.max(other.end),
        None => other,
    }
}
