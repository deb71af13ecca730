//! Which fields are the same text: aliases and merge keys.

use std::collections::HashMap;

use super::Editable;
use crate::documents::{Document, Format};
use crate::yaml::locate::Segment;
use crate::yaml::tree::{Kind, NodeId, Tree};

/// A field that a node stands for.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) object: usize,
    pub(super) path: Vec<Segment>,
}

/// The fields of each node that aliases can reach, by document and node.
#[derive(Default)]
pub(super) struct Uses(HashMap<(usize, NodeId), Vec<Use>>);

impl Uses {
    /// Walks all objects of documents with aliases. Reading has bounded what those can grow to.
    pub(super) fn of(editable: &Editable) -> Self {
        let mut uses = Self::default();
        for (object, document) in editable.documents().iter().enumerate() {
            if !may_have_aliases(document) {
                continue;
            }
            let Some(tree) = document.source().tree() else {
                continue;
            };
            let Some(root) = tree.find(document.within()).value else {
                continue;
            };
            let mut walk = Walk {
                tree,
                object,
                document: editable.document_of(object),
                path: Vec::new(),
                uses: &mut uses,
            };
            walk.visit(root, false);
        }
        uses
    }

    /// Returns the fields that a node of a document stands for, if aliases reach it.
    pub(super) fn at(&self, document: usize, node: NodeId) -> &[Use] {
        self.0.get(&(document, node)).map_or(&[], Vec::as_slice)
    }
}

/// Returns whether a text can have aliases at all; most have none.
pub(super) fn may_have_aliases(document: &Document) -> bool {
    document.format == Format::Yaml && document.source().text().contains('*')
}

struct Walk<'w> {
    tree: &'w Tree,
    object: usize,
    document: usize,
    path: Vec<Segment>,
    uses: &'w mut Uses,
}

impl Walk<'_> {
    fn visit(&mut self, node: NodeId, within_anchor: bool) {
        let id = self.tree.resolve(node);
        let anchored = within_anchor || self.tree.node(id).anchored;
        self.record(id, anchored);
        match &self.tree.node(id).kind {
            Kind::Mapping { .. } => {
                let tree = self.tree;
                for source in tree.sources(id).into_iter().skip(1) {
                    self.path.push(Segment::key("<<"));
                    self.record(source, true);
                    self.path.pop();
                }
                for member in tree.members(id) {
                    let anchored = anchored || member.owner != id;
                    let key = tree.scalar(member.key).unwrap_or_default();
                    self.path.push(Segment::key(key));
                    self.record(member.key, anchored);
                    self.visit(member.value, anchored);
                    self.path.pop();
                }
            }
            Kind::Sequence { entries, .. } => {
                for (index, entry) in entries.iter().enumerate() {
                    self.path.push(Segment::Index(index));
                    self.visit(*entry, anchored);
                    self.path.pop();
                }
            }
            _ => {}
        }
    }

    fn record(&mut self, node: NodeId, anchored: bool) {
        if anchored {
            let object = self.object;
            let path = self.path.clone();
            let uses = self.uses.0.entry((self.document, node)).or_default();
            uses.push(Use { object, path });
        }
    }
}
