//! One file on its way: read, its objects one by one, and the new text.

mod strays;
mod units;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use manifests::documents::DocumentError;
use manifests::edit::{self, Edit, EditError, Editable, ItemPlace};

use super::object::{self, Items, Outcome};
use super::report::{Ending, FileReport, ItemReport, ObjectReport};
use crate::atomic_file::State;
use crate::error::CommandError;
use crate::opener::{self, NewItems};
use crate::tree::{Contents, LeftAlone, TreeFile};

/// A file with SealedSecrets in it.
pub(super) struct OpenFile<'a> {
    /// Where it is in the tree.
    pub(super) at: usize,
    /// The file.
    pub(super) file: &'a TreeFile,
    /// The file before it was read.
    pub(super) state: State,
    /// Its text, taken apart.
    pub(super) editable: Editable,
    /// Which of its documents are SealedSecrets.
    pub(super) objects: Vec<usize>,
    outcomes: Mutex<BTreeMap<usize, Outcome>>,
    left: AtomicUsize,
}

/// What a file turned out to be.
pub(super) enum Opened<'a> {
    /// No SealedSecret is in it.
    Nothing,
    /// There is something to do.
    File(OpenFile<'a>),
    /// All is said.
    Reported(FileReport),
}

/// A file all of whose objects have their outcome.
pub(super) enum Closed {
    /// There is a new text for it.
    Changed(NewText),
    /// It stays as it is.
    Unchanged(FileReport),
}

/// What is to be written.
pub(super) struct NewText {
    /// The whole text.
    pub(super) text: String,
    /// What the report says once it is written.
    pub(super) report: FileReport,
}

/// Reads a file.
pub(super) fn open(at: usize, file: &TreeFile) -> Opened<'_> {
    let name = file.path.display().to_string();
    let failed = |error: CommandError| Opened::Reported(FileReport::failed(&name, &error));
    let state = State::of(&file.place).with_context(|| format!("cannot open `{name}`"));
    let bytes = match file.read(&["SealedSecret"]) {
        Ok(Contents::Passed) => return Opened::Nothing,
        Ok(Contents::LeftAlone(why)) => return Opened::Reported(FileReport::left_alone(&name, why)),
        Ok(Contents::Manifests(bytes)) => bytes,
        Err(error) => return failed(error),
    };
    let state = match state {
        Ok(state) => state,
        Err(error) => return failed(error.into()),
    };
    let editable = match edit::read(&name, &bytes) {
        Ok(editable) => editable,
        Err(error) => {
            return match (file.unreadable(&bytes), error) {
                (Some(why @ LeftAlone::HelmTemplate), _) => {
                    Opened::Reported(FileReport::left_alone(&name, why))
                }
                (_, error @ DocumentError::NotAnObject { .. }) => {
                    strays::judged(&name, &bytes, error).map_or(Opened::Nothing, failed)
                }
                (Some(why), _) => Opened::Reported(FileReport::left_alone(&name, why)),
                (None, error) => failed(error.into()),
            };
        }
    };
    let documents = editable.documents().iter().enumerate();
    let objects: Vec<usize> = documents
        .filter(|(_, document)| object::is_one(document))
        .map(|(object, _)| object)
        .collect();
    if objects.is_empty() {
        return Opened::Nothing;
    }
    Opened::File(OpenFile {
        at,
        file,
        state,
        editable,
        left: AtomicUsize::new(objects.len()),
        objects,
        outcomes: Mutex::default(),
    })
}

impl OpenFile<'_> {
    /// Keeps the outcome of an object, and returns whether it was the last one.
    pub(super) fn keep(&self, object: usize, outcome: Outcome) -> bool {
        let mut outcomes = self
            .outcomes
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        outcomes.insert(object, outcome);
        drop(outcomes);
        self.left.fetch_sub(1, Ordering::AcqRel) == 1
    }

    /// Makes the new text, once all objects have their outcome. Of objects that fail, and of those whose items can't
    /// be edited, every byte stays; the others are done.
    pub(super) fn close(&self) -> Closed {
        let mut outcomes = std::mem::take(
            &mut *self
                .outcomes
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        );
        let places = self.places(&mut outcomes);
        let edits = self.edits(&outcomes, &places);
        let text = if edits.is_empty() {
            None
        } else {
            self.edited(edits, &places, &mut outcomes)
        };
        let report = self.report(&outcomes, &places);
        match text {
            Some(text) => Closed::Changed(NewText { text, report }),
            None => Closed::Unchanged(report),
        }
    }

    /// Where the items are; an object of which that can't be said has failed.
    fn places(&self, outcomes: &mut BTreeMap<usize, Outcome>) -> BTreeMap<usize, Vec<ItemPlace>> {
        let mut places = BTreeMap::new();
        for (object, outcome) in outcomes {
            match self.editable.items(*object) {
                Ok(items) => {
                    places.insert(*object, items);
                }
                Err(error) => {
                    if matches!(outcome, Outcome::Items(_)) {
                        *outcome = Outcome::Failed(self.cannot_edit(*object, error));
                    }
                }
            }
        }
        places
    }

    /// What is to be changed, by object. Items that are one scalar (an alias, a merge key) get one new text.
    fn edits(
        &self,
        outcomes: &BTreeMap<usize, Outcome>,
        places: &BTreeMap<usize, Vec<ItemPlace>>,
    ) -> BTreeMap<usize, Vec<Edit>> {
        let new = outcomes.iter().filter_map(|(object, outcome)| {
            let Outcome::Items(Items { newest, by_key }) = outcome else {
                return None;
            };
            let items = by_key
                .iter()
                .filter_map(|(key, item)| Some((key.as_str(), item.text.as_deref()?)));
            Some(NewItems {
                object: *object,
                newest,
                items: items.collect(),
            })
        });
        opener::edits(&self.editable, places, new)
    }

    /// Edits all, or, where that fails, finds those objects that are to blame and leaves them out. Objects that share a
    /// scalar stand or fall together.
    fn edited(
        &self,
        edits: BTreeMap<usize, Vec<Edit>>,
        places: &BTreeMap<usize, Vec<ItemPlace>>,
        outcomes: &mut BTreeMap<usize, Outcome>,
    ) -> Option<String> {
        let units = units::join(edits, self.shared(places));
        let settled = units::settle(&units, |edits| Ok(self.editable.edit(edits)?.text));
        for (object, error) in settled.failed {
            outcomes.insert(object, Outcome::Failed(self.cannot_edit(object, error)));
        }
        settled.text
    }

    /// Pairs of objects in which an item or the hint is the same scalar. One other for each is enough, as all who share
    /// a scalar name the same first: so many objects on one anchor make no more pairs than they are.
    fn shared(&self, places: &BTreeMap<usize, Vec<ItemPlace>>) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for (object, items) in places {
            let by_items = items.iter().filter_map(|item| item.shared_with.first());
            pairs.extend(by_items.map(|(other, _)| (*object, *other)));
            let by_hint = self.editable.hint_shared_with(*object);
            pairs.extend(by_hint.first().map(|other| (*object, *other)));
        }
        pairs
    }

    fn cannot_edit(&self, object: usize, error: EditError) -> CommandError {
        let place = self.editable.documents()[object].place();
        CommandError::failed(error).context(format!("cannot edit {place}"))
    }

    fn report(
        &self,
        outcomes: &BTreeMap<usize, Outcome>,
        places: &BTreeMap<usize, Vec<ItemPlace>>,
    ) -> FileReport {
        let objects = outcomes.iter().map(|(object, outcome)| {
            let document = &self.editable.documents()[*object];
            let mut report = ObjectReport::of(document);
            match outcome {
                Outcome::LeftAlone(why) => report.ending = Ending::left_alone(*why),
                Outcome::Refused(error) => report.ending = Ending::refused(error),
                Outcome::Failed(error) => report.ending = Ending::failed(error),
                Outcome::Items(Items { newest, by_key }) => {
                    report.items = by_key
                        .iter()
                        .map(|(key, item)| {
                            let place = places
                                .get(object)
                                .into_iter()
                                .flatten()
                                .find(|place| place.key == *key);
                            ItemReport {
                                item: key.clone(),
                                line: place.map_or(document.line, |place| place.position.line),
                                from: item.from.as_ref().map(ToString::to_string),
                                to: (!item.current).then(|| newest.to_string()),
                            }
                        })
                        .collect();
                    report.items.sort_by_key(|item| item.line);
                }
            }
            report
        });
        FileReport::of(&self.file.path.display().to_string(), objects.collect())
    }
}
