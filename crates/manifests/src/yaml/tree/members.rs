//! Mappings with what they merge (`<<`).

use std::collections::HashMap;

use super::{Kind, NodeId, Style, Tree};

/// Deepest nesting of mappings that are merged; a document is refused long before.
const MAX_DEPTH: usize = 64;

/// An entry that a mapping has, by itself or merged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub(crate) key: NodeId,
    pub(crate) value: NodeId,
    /// The mapping that holds it, and where in that mapping.
    pub(crate) owner: NodeId,
    pub(crate) index: usize,
    /// Whether another of this key is merged, and would be seen if this one went away.
    pub(crate) hides: bool,
}

impl Tree {
    /// Returns the entry of a mapping that a reader sees under `key`: its own, or the first that is merged.
    pub(crate) fn member(&self, mapping: NodeId, key: &str) -> Option<Member> {
        let mut found: Option<Member> = None;
        self.each_member(self.resolve(mapping), 0, &mut |member| {
            if self.scalar(member.key) == Some(key) {
                match &mut found {
                    Some(found) => found.hides = true,
                    None => found = Some(member),
                }
            }
        });
        found
    }

    /// Returns all entries that a reader sees, the mapping's own first, in the order of the text.
    pub(crate) fn members(&self, mapping: NodeId) -> Vec<Member> {
        let mut members: Vec<Member> = Vec::new();
        let mut seen: HashMap<&str, usize> = HashMap::new();
        self.each_member(self.resolve(mapping), 0, &mut |member| {
            let Some(key) = self.scalar(member.key) else {
                return;
            };
            if let Some(first) = seen.get(key).and_then(|at| members.get_mut(*at)) {
                first.hides = true;
            } else {
                seen.insert(key, members.len());
                members.push(member);
            }
        });
        members
    }

    /// Returns the mappings that a mapping merges, itself first.
    pub(crate) fn sources(&self, mapping: NodeId) -> Vec<NodeId> {
        let mut sources = Vec::new();
        self.each_source(self.resolve(mapping), 0, &mut |source| sources.push(source));
        sources
    }

    fn each_member(&self, mapping: NodeId, depth: usize, take: &mut dyn FnMut(Member)) {
        self.each_source(mapping, depth, &mut |owner| {
            for (index, entry) in self.entries(owner).iter().enumerate() {
                if !self.is_merge(entry.key) {
                    take(Member {
                        key: entry.key,
                        value: entry.value,
                        owner,
                        index,
                        hides: false,
                    });
                }
            }
        });
    }

    fn each_source(&self, mapping: NodeId, depth: usize, take: &mut dyn FnMut(NodeId)) {
        if depth == MAX_DEPTH {
            return;
        }
        take(mapping);
        for entry in self.entries(mapping) {
            if !self.is_merge(entry.key) {
                continue;
            }
            let value = self.resolve(entry.value);
            match &self.node(value).kind {
                Kind::Mapping { .. } => self.each_source(value, depth + 1, take),
                Kind::Sequence { entries, .. } => {
                    for source in entries {
                        self.each_source(self.resolve(*source), depth + 1, take);
                    }
                }
                _ => {}
            }
        }
    }

    /// Returns whether a key merges what follows; quoted it is a key like any other.
    pub(crate) fn is_merge(&self, key: NodeId) -> bool {
        let is_plain = matches!(
            self.node(key).kind,
            Kind::Scalar {
                style: Style::Plain,
                ..
            }
        );
        is_plain && !self.json && self.scalar(key) == Some("<<")
    }
}
