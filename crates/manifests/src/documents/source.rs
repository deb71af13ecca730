//! The text of a document, kept to find its fields.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::Format;
use crate::yaml::locate::Segment;
use crate::yaml::tree::{Node, Tree};

/// The text of a document; the items of a List share it.
#[derive(Clone)]
pub(crate) struct Source {
    text: Arc<str>,
    range: Range<usize>,
    /// Line of the file on which `range` begins, from 1.
    pub(super) first_line: usize,
    /// Characters that stand before `range` on its first line.
    before: usize,
    format: Format,
    /// Read when something is to be found first.
    tree: Arc<OnceLock<Option<Tree>>>,
}

impl Source {
    pub(super) fn new(
        text: &Arc<str>,
        range: Range<usize>,
        first_line: usize,
        before: usize,
        format: Format,
    ) -> Self {
        Self {
            text: Arc::clone(text),
            range,
            first_line,
            before,
            format,
            tree: Arc::default(),
        }
    }

    /// Returns the text of the document.
    pub(crate) fn text(&self) -> &str {
        self.text.get(self.range.clone()).unwrap_or_default()
    }

    /// Returns where the document begins in the text that it was read from, without a byte order mark.
    pub(crate) fn offset(&self) -> usize {
        self.range.start
    }

    /// Returns whether two objects stand in one document.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.tree, &other.tree)
    }

    /// Returns the nodes of the document.
    pub(crate) fn tree(&self) -> Option<&Tree> {
        let read = || match self.format {
            Format::Yaml => Tree::of_yaml(&self.text, self.range.clone()),
            Format::Json => Tree::of_json(&self.text, self.range.clone()),
        };
        self.tree.get_or_init(read).as_ref()
    }

    /// Returns line and column of a node in the file, from 1.
    pub(crate) fn place(&self, node: &Node) -> (usize, usize) {
        let before = if node.line == 1 { self.before } else { 0 };
        (self.first_line + node.line - 1, before + node.column)
    }

    /// Returns line and column, from 1, of the deepest part of a path that the document has.
    pub(super) fn position_of(&self, path: &[Segment]) -> Option<(usize, usize)> {
        let tree = self.tree()?;
        Some(self.place(tree.node(tree.find(path).deepest)))
    }

    /// Returns the text of the scalar that a path leads to, behind an alias too.
    pub(super) fn scalar(&self, path: &[Segment]) -> Option<&str> {
        let tree = self.tree()?;
        tree.scalar(tree.find(path).value?)
    }
}
