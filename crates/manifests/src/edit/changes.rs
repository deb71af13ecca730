//! From what is asked for to the parts of the text that are replaced.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::added::{self, Added, New};
use super::asked::{Asked, Wish, Wishes, is_key};
use super::entry::key_text;
use super::layout::{Obstacle, Splice};
use super::object::Object;
use super::uses::{Use, may_have_aliases};
use super::{EditError, Editable, block, flow, scalar, text};
use crate::opening::DEPRECATED_ITEM;
use crate::yaml::locate::{Segment, spell};
use crate::yaml::tree::{Kind, Member, NodeId, Style, Tree};

/// What becomes of one node, for the object that asked first.
struct Change<'a> {
    object: usize,
    path: Vec<Segment>,
    to: To<'a>,
}

#[derive(Clone, PartialEq, Eq)]
enum To<'a> {
    /// A scalar with a ciphertext.
    Item(&'a str),
    /// A scalar with a list of fingerprints.
    Hint(&'a str),
    /// A key with another name.
    Name(&'a str),
    /// A scalar with any text.
    Text(&'a str),
    /// A mapping with other entries.
    Entries {
        removed: BTreeSet<usize>,
        added: Added<'a>,
    },
}

/// The changes of one document, by node.
type Changes<'a> = BTreeMap<NodeId, Change<'a>>;

/// Returns the replaced parts in the order of the text; offsets count without a byte order mark.
pub(super) fn splices(editable: &Editable, asked: &Asked<'_>) -> Result<Vec<Splice>, EditError> {
    let mut documents: BTreeMap<usize, Changes<'_>> = BTreeMap::new();
    for (index, wishes) in asked {
        let object = Object::of(editable, *index)?;
        let changes = documents.entry(editable.document_of(*index)).or_default();
        let mut collector = Collector {
            editable,
            asked,
            object: &object,
            changes,
        };
        collector.collect(wishes)?;
    }
    let mut splices = Vec::new();
    for changes in documents.values() {
        // Two mappings that end at one place get new entries there: those of the inner one first. It has the higher id.
        for (node, change) in changes.iter().rev() {
            let object = Object::of(editable, change.object)?;
            let offset = object.document.source().offset();
            let made = make(object.tree, *node, &change.to)
                .map_err(|obstacle| object.layout(&change.path, *node, obstacle))?;
            splices.extend(made.into_iter().map(|splice| Splice {
                range: splice.range.start + offset..splice.range.end + offset,
                text: splice.text,
            }));
        }
    }
    splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
    Ok(splices)
}

fn make(tree: &Tree, node: NodeId, to: &To<'_>) -> Result<Vec<Splice>, Obstacle> {
    let one = |splice: Option<Splice>| splice.into_iter().collect();
    match to {
        To::Item(item) => scalar::replace(tree, node, item, true).map(one),
        To::Hint(hint) => scalar::replace(tree, node, hint, false).map(one),
        To::Name(name) => rename(tree, node, name).map(|splice| vec![splice]),
        To::Text(text) => text::replace(tree, node, text).map(one),
        To::Entries { removed, added } => {
            let is_in_flow = tree.node(node).in_flow || tree.is_json();
            match &tree.node(node).kind {
                Kind::Mapping { entries, flow } if !entries.is_empty() => {
                    let edit = if *flow { flow::edit } else { block::edit };
                    edit(tree, node, removed, added)
                }
                _ if is_in_flow => flow::fill(tree, node, added),
                _ => block::fill(tree, node, added),
            }
        }
    }
}

fn rename(tree: &Tree, key: NodeId, name: &str) -> Result<Splice, Obstacle> {
    let node = tree.node(key);
    let Kind::Scalar { style, .. } = node.kind else {
        return Err("its key is an alias");
    };
    let text = match style {
        Style::Plain => key_text(name, None),
        Style::Single => key_text(name, Some('\'')),
        Style::Double => key_text(name, Some('"')),
        Style::Literal | Style::Folded => return Err("its key is a block"),
    };
    if node.span.is_empty() {
        return Err("its key is not written out");
    }
    Ok(Splice::new(node.span.clone(), text))
}

struct Collector<'c, 'a> {
    editable: &'c Editable,
    asked: &'c Asked<'a>,
    object: &'c Object<'c>,
    changes: &'c mut Changes<'a>,
}

impl<'a> Collector<'_, 'a> {
    fn collect(&mut self, wishes: &'a Wishes<'a>) -> Result<(), EditError> {
        let items: HashMap<&str, Member> = self.object.items()?.into_iter().rev().collect();
        for (key, wish) in &wishes.items {
            let key: &'a str = key;
            match (wish, items.get(key)) {
                (Wish::Set(item), Some(member)) => self.set(key, *member, item)?,
                (Wish::Set(item), None) => {
                    self.check_new(key)?;
                    self.add(&["spec", "encryptedData"], key, New::Item(item))?;
                }
                (Wish::Remove, Some(member)) => self.remove(key, *member)?,
                (Wish::Rename(to), Some(member)) => {
                    self.check_new(to)?;
                    let path = self.path(key);
                    self.change(member.key, path, To::Name(to))?;
                }
                (Wish::Remove | Wish::Rename(_), None) => {
                    return Err(EditError::NoItem {
                        place: self.object.document.place(),
                        key: key.to_owned(),
                    });
                }
                (Wish::Appear, None) => {}
                (Wish::Appear, Some(_)) => {
                    return Err(EditError::ItemExists {
                        place: self.object.document.place(),
                        key: key.to_owned(),
                    });
                }
            }
        }
        for ((field, name), text) in &wishes.metadata {
            let path = field.path();
            let full: Vec<Segment> = path.iter().copied().chain([*name]).map(Segment::key).collect();
            match self.object.find(&full) {
                Some(node) => self.change_text(node, full, text)?,
                None => self.add(&path, name, New::Text(text))?,
            }
        }
        let hint = self.object.find(&Object::hint_path());
        if let (Some(hint), Some(text)) = (hint, &wishes.hint) {
            self.change(hint, Object::hint_path().to_vec(), To::Hint(text))?;
        }
        Ok(())
    }

    /// Returns the path of an item.
    fn path(&self, key: &str) -> Vec<Segment> {
        if key == DEPRECATED_ITEM && self.object.is_deprecated() {
            vec![Segment::key("spec"), Segment::key("data")]
        } else {
            Object::path_of(key)
        }
    }

    fn check_new(&self, key: &str) -> Result<(), EditError> {
        let place = self.object.document.place();
        let key = key.to_owned();
        if !is_key(&key) {
            return Err(EditError::InvalidKey { place, key });
        }
        if self.object.is_deprecated() {
            return Err(EditError::DeprecatedFormat { place, key });
        }
        Ok(())
    }

    fn set(&mut self, key: &str, member: Member, item: &'a str) -> Result<(), EditError> {
        let node = self.object.tree.resolve(member.value);
        let path = self.path(key);
        match self.object.tree.node(node).kind {
            Kind::Scalar { .. } => self.change(node, path, To::Item(item)),
            _ => Err(self.object.shape(&path, node, "a text")),
        }
    }

    fn remove(&mut self, key: &str, member: Member) -> Result<(), EditError> {
        let path = self.path(key);
        if member.hides {
            let reason = "a merge key (`<<`) has an item of the same key";
            return Err(self.object.layout(&path, member.key, reason));
        }
        let is_removed = |wishes: &Wishes<'_>, path: &[Segment]| wishes.wish_at(path) == Some(Wish::Remove);
        self.check_uses(member.key, &path, &is_removed)?;
        self.check_uses(member.value, &path, &is_removed)?;
        self.entries(member.owner, path, |removed, _| {
            removed.insert(member.index);
        });
        Ok(())
    }

    fn change_text(&mut self, node: NodeId, path: Vec<Segment>, text: &'a str) -> Result<(), EditError> {
        match self.object.tree.node(node).kind {
            Kind::Scalar { .. } => self.change(node, path, To::Text(text)),
            _ => Err(self.object.shape(&path, node, "a text")),
        }
    }

    /// Adds an entry to the mapping of these names, or to the deepest that is there, with the names that are missing.
    fn add(&mut self, names: &[&'static str], key: &'a str, new: New<'a>) -> Result<(), EditError> {
        let path: Vec<Segment> = names.iter().copied().map(Segment::key).collect();
        let found = (0..=names.len())
            .rev()
            .find_map(|depth| Some((depth, self.object.find(path.get(..depth)?)?)));
        let Some((depth, container)) = found else {
            return Err(self
                .object
                .layout(&path, self.object.tree.root(), "it has no mapping"));
        };
        let missing = names.get(depth..).unwrap_or_default();
        let here = path.get(..depth).unwrap_or_default();
        let is_container = match self.object.tree.node(container).kind {
            Kind::Mapping { .. } => true,
            // Null can become a mapping.
            Kind::Scalar {
                style: Style::Plain, ..
            } => depth > 0 && self.object.is_null(here),
            _ => false,
        };
        if !is_container {
            return Err(self.object.shape(here, container, "a mapping"));
        }
        let full: Vec<Segment> = path.iter().cloned().chain([Segment::key(key)]).collect();
        let is_added = |wishes: &Wishes<'_>, path: &[Segment]| {
            let (New::Item(text) | New::Text(text)) = new else {
                return false;
            };
            path == here && wishes.text_at(&full) == Some(text)
        };
        self.check_uses(container, here, &is_added)?;
        self.entries(container, here.to_vec(), |_, all| {
            added::insert(all, missing, key, new);
        });
        Ok(())
    }

    /// Changes the entries of a mapping, together with what is to change in it already.
    fn entries(
        &mut self,
        mapping: NodeId,
        path: Vec<Segment>,
        change: impl FnOnce(&mut BTreeSet<usize>, &mut Added<'a>),
    ) {
        let object = self.object.index;
        let entry = self.changes.entry(mapping).or_insert_with(|| Change {
            object,
            path,
            to: To::Entries {
                removed: BTreeSet::new(),
                added: Added::new(),
            },
        });
        if let To::Entries { removed, added } = &mut entry.to {
            change(removed, added);
        }
    }

    /// Gives a scalar another text, if every field that it stands for is to have that text.
    fn change(&mut self, node: NodeId, path: Vec<Segment>, to: To<'a>) -> Result<(), EditError> {
        let is_same = |wishes: &Wishes<'_>, path: &[Segment]| match &to {
            To::Item(text) | To::Hint(text) | To::Text(text) => wishes.text_at(path) == Some(*text),
            To::Name(name) => wishes.wish_at(path) == Some(Wish::Rename(name)),
            To::Entries { .. } => false,
        };
        self.check_uses(node, &path, &is_same)?;
        let object = self.object.index;
        self.changes.entry(node).or_insert(Change { object, path, to });
        Ok(())
    }

    fn check_uses(
        &self,
        node: NodeId,
        path: &[Segment],
        agrees: &dyn Fn(&Wishes<'_>, &[Segment]) -> bool,
    ) -> Result<(), EditError> {
        if !may_have_aliases(self.object.document) {
            return Ok(());
        }
        let uses = self
            .editable
            .uses()
            .at(self.editable.document_of(self.object.index), node);
        let is_own = |other: &Use| other.object == self.object.index && other.path == path;
        let is_asked = |other: &Use| {
            self.asked
                .get(&other.object)
                .is_some_and(|wishes| agrees(wishes, &other.path))
        };
        let Some(other) = uses.iter().find(|other| !is_own(other) && !is_asked(other)) else {
            return Ok(());
        };
        let field = spell(&other.path);
        let place = self.object.document.place();
        let other = match self.editable.documents().get(other.object) {
            Some(document) if other.object != self.object.index => {
                format!("`{field}` of {}", document.place())
            }
            _ => format!("`{field}`"),
        };
        Err(EditError::Shared {
            place,
            path: spell(path),
            line: self.object.position(node).line,
            other,
        })
    }
}
