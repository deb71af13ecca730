//! One SealedSecret in its text.

use api::names::SEALED_WITH;
use serde_json::Value;

use super::{EditError, Editable, Position};
use crate::documents::Document;
use crate::opening::DEPRECATED_ITEM;
use crate::yaml::locate::{Segment, spell};
use crate::yaml::tree::{Kind, Member, NodeId, Tree};

/// A SealedSecret with the nodes of its document.
pub(super) struct Object<'e> {
    pub(super) index: usize,
    pub(super) document: &'e Document,
    pub(super) tree: &'e Tree,
}

impl<'e> Object<'e> {
    pub(super) fn of(editable: &'e Editable, index: usize) -> Result<Self, EditError> {
        let document = editable.document(index)?;
        if document.kind() != Some("SealedSecret") {
            let place = document.place();
            return Err(EditError::NotASealedSecret { place });
        }
        let tree = document.source().tree().ok_or_else(|| EditError::Layout {
            place: document.place(),
            path: "spec".to_owned(),
            line: document.line,
            reason: "its text can't be searched",
        })?;
        Ok(Self {
            index,
            document,
            tree,
        })
    }

    pub(super) fn hint_path() -> [Segment; 3] {
        ["metadata", "annotations", SEALED_WITH].map(Segment::key)
    }

    pub(super) fn path_of(key: &str) -> Vec<Segment> {
        vec![
            Segment::key("spec"),
            Segment::key("encryptedData"),
            Segment::key(key),
        ]
    }

    /// Returns the value at a path of the object, behind aliases.
    pub(super) fn find(&self, path: &[Segment]) -> Option<NodeId> {
        let full: Vec<Segment> = self.document.within().iter().chain(path).cloned().collect();
        self.tree.find(&full).value
    }

    /// Returns whether the object has the format before 2019.
    pub(super) fn is_deprecated(&self) -> bool {
        self.field("data").is_some_and(|data| !data.is_null())
    }

    /// Returns a field of the spec.
    pub(super) fn field(&self, name: &str) -> Option<&'e Value> {
        self.document.value.get("spec")?.get(name)
    }

    /// Returns whether a path of the object leads to null.
    pub(super) fn is_null(&self, path: &[Segment]) -> bool {
        let next = |value: &'e Value, segment: &Segment| match segment {
            Segment::Key(key) => value.get(key),
            Segment::Index(index) => value.get(index),
        };
        path.iter()
            .try_fold(&self.document.value, next)
            .is_some_and(Value::is_null)
    }

    /// Returns the entries of all items by key: that of the deprecated format first.
    pub(super) fn items(&self) -> Result<Vec<(&'e str, Member)>, EditError> {
        let mut items = Vec::new();
        if self.is_deprecated() {
            let spec = self.find(&[Segment::key("spec")]);
            let data = spec.and_then(|spec| self.tree.member(spec, "data"));
            items.extend(data.map(|data| (DEPRECATED_ITEM, data)));
        }
        let path = [Segment::key("spec"), Segment::key("encryptedData")];
        let Some(mapping) = self.find(&path) else {
            return Ok(items);
        };
        if let Kind::Mapping { .. } = self.tree.node(mapping).kind {
            let members = self.tree.members(mapping);
            items.extend(
                members
                    .into_iter()
                    .filter_map(|member| Some((self.tree.scalar(member.key)?, member))),
            );
        } else if self.field("encryptedData").is_some_and(|data| !data.is_null()) {
            return Err(self.shape(&path, mapping, "a mapping of items"));
        }
        Ok(items)
    }

    pub(super) fn position(&self, node: NodeId) -> Position {
        let (line, column) = self.document.source().place(self.tree.node(node));
        Position { line, column }
    }

    pub(super) fn shape(&self, path: &[Segment], node: NodeId, expected: &'static str) -> EditError {
        EditError::Shape {
            place: self.document.place(),
            path: spell(path),
            line: self.position(node).line,
            expected,
        }
    }

    pub(super) fn layout(&self, path: &[Segment], node: NodeId, reason: &'static str) -> EditError {
        EditError::Layout {
            place: self.document.place(),
            path: spell(path),
            line: self.position(node).line,
            reason,
        }
    }
}
