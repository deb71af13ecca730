//! JSON: a tree of a text that `serde_json` has read before. A YAML parser takes neither all of its white space
//! nor its surrogate pairs.

use std::ops::Range;

use super::{Entry, Kind, Node, NodeId, ScalarText, Style};

/// Returns the nodes of a value and its root; `None` where the text is no JSON.
pub(super) fn read(text: &str) -> Option<(Vec<Node>, NodeId)> {
    let mut scanner = Scanner {
        text,
        at: 0,
        line: 1,
        column: 1,
        nodes: Vec::new(),
        open: Vec::new(),
    };
    let mut root = None;
    while let Some(byte) = scanner.peek() {
        match byte {
            b'{' | b'[' => {
                let entries = Vec::new();
                let kind = if byte == b'{' {
                    Kind::Mapping { entries, flow: true }
                } else {
                    let entries = Vec::new();
                    Kind::Sequence { entries, flow: true }
                };
                let id = scanner.add(kind, scanner.at..scanner.at + 1);
                root.get_or_insert(id);
                scanner.open.push((id, None));
                scanner.advance(scanner.at + 1);
            }
            b'}' | b']' => {
                let (id, _) = scanner.open.pop()?;
                scanner.advance(scanner.at + 1);
                let end = scanner.at;
                scanner.nodes.get_mut(id)?.span.end = end;
                if scanner.open.is_empty() {
                    break;
                }
            }
            b'"' => {
                let range = scanner.string()?;
                let inner = range.start + 1..range.end - 1;
                let source = text.get(inner.clone())?;
                let value = if source.contains('\\') {
                    ScalarText::Decoded(serde_json::from_str(text.get(range.clone())?).ok()?)
                } else {
                    ScalarText::Verbatim(inner)
                };
                scanner.scalar(value, Style::Double, range);
            }
            b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' => scanner.advance(scanner.at + 1),
            _ => {
                let rest = text.get(scanner.at..)?;
                let is_end = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | ',' | '}' | ']');
                let range = scanner.at..scanner.at + rest.find(is_end).unwrap_or(rest.len());
                scanner.scalar(ScalarText::Verbatim(range.clone()), Style::Plain, range);
            }
        }
    }
    Some((scanner.nodes, root?))
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    column: usize,
    nodes: Vec<Node>,
    /// Collections that are not at their end, with a key that waits for its value.
    open: Vec<(NodeId, Option<NodeId>)>,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn advance(&mut self, to: usize) {
        for byte in self.text.as_bytes().get(self.at..to).unwrap_or_default() {
            if *byte == b'\n' {
                self.line += 1;
                self.column = 1;
            } else if byte & 0xc0 != 0x80 {
                self.column += 1;
            }
        }
        self.at = to;
    }

    /// Returns the string that begins here, with its quotes.
    fn string(&self) -> Option<Range<usize>> {
        let mut end = self.at + 1;
        loop {
            match self.text.as_bytes().get(end)? {
                b'"' => return Some(self.at..end + 1),
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
    }

    fn scalar(&mut self, text: ScalarText, style: Style, range: Range<usize>) {
        let end = range.end;
        self.add(Kind::Scalar { text, style }, range);
        self.advance(end);
    }

    fn add(&mut self, kind: Kind, span: Range<usize>) -> NodeId {
        let id = self.nodes.len();
        let key = self.attach(id);
        self.nodes.push(Node {
            kind,
            span,
            properties: None,
            line: self.line,
            column: self.column,
            indent: None,
            anchored: false,
            in_flow: !self.open.is_empty(),
            key,
        });
        id
    }

    /// Gives a node to the collection that it stands in, and returns its key.
    fn attach(&mut self, id: NodeId) -> Option<NodeId> {
        let (parent, waiting) = self.open.last_mut()?;
        match &mut self.nodes.get_mut(*parent)?.kind {
            Kind::Mapping { entries, .. } => {
                if let Some(key) = waiting.take() {
                    entries.push(Entry { key, value: id });
                    return Some(key);
                }
                *waiting = Some(id);
            }
            Kind::Sequence { entries, .. } => entries.push(id),
            _ => {}
        }
        None
    }
}
