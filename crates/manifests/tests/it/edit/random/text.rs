//! What is generated: texts with their edits.

use manifests::edit::Edit;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// A file.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) mark: bool,
    pub(super) carriage_returns: bool,
    pub(super) documents: Vec<Document>,
}

#[derive(Clone, Debug)]
pub(super) enum Document {
    One(Object),
    /// With the indentation of its entries.
    List(Vec<Object>, usize),
    /// One that is no business of an edit.
    Other(usize),
}

/// A SealedSecret.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) step: usize,
    pub(super) in_braces: bool,
    pub(super) spec_first: bool,
    pub(super) noise: usize,
    /// The hint before and after, where there is one.
    pub(super) hint: (Option<Quote>, Option<String>),
    pub(super) items: Vec<Item>,
    pub(super) new: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) key: String,
    pub(super) key_quote: Quote,
    pub(super) value: String,
    pub(super) style: Style,
    pub(super) above: Option<&'static str>,
    pub(super) behind: Option<&'static str>,
    pub(super) blank_after: bool,
    pub(super) tagged: bool,
    /// Whether it is an alias of the item before.
    pub(super) alias: bool,
    pub(super) change: Change,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    None,
    Single,
    Double,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Quoted(Quote),
    /// In double quotes with a backslash at the end of each line.
    Continued(usize),
    /// In double quotes with `\n` at the end of each line.
    Escaped(usize),
    /// In single quotes, or in none, with an empty line between two.
    Spread(Quote, usize),
    /// Literal, with the characters behind `|`.
    Literal(&'static str, usize),
    /// Folded, on one line.
    Folded(&'static str),
}

#[derive(Clone, Debug)]
pub(super) enum Change {
    None,
    Set(String),
    Remove,
    Rename(String),
}

impl Text {
    pub(super) fn of_one(object: Object) -> Self {
        let mut object = Object {
            in_braces: true,
            hint: (None, None),
            ..object
        };
        object.settle();
        Self {
            mark: false,
            carriage_returns: false,
            documents: vec![Document::One(object)],
        }
    }

    /// The SealedSecrets with their indexes.
    pub(super) fn objects(&self) -> Vec<(usize, &Object)> {
        let mut index = 0;
        let mut objects = Vec::new();
        for document in &self.documents {
            match document {
                Document::One(object) => objects.push((index, object)),
                Document::List(list, _) => {
                    objects.extend(list.iter().enumerate().map(|(at, object)| (index + at, object)));
                }
                Document::Other(_) => {}
            }
            index += match document {
                Document::List(list, _) => list.len(),
                _ => 1,
            };
        }
        objects
    }

    pub(super) fn edits(&self) -> Vec<Edit> {
        let mut edits = Vec::new();
        for (object, made) in self.objects() {
            let new = made.new.iter().map(|(key, item)| (key.clone(), item.clone()));
            for (key, item) in new {
                edits.push(Edit::SetItem { object, key, item });
            }
            for item in &made.items {
                let key = item.key.clone();
                match &item.change {
                    Change::None => {}
                    Change::Set(item) => edits.push(Edit::SetItem {
                        object,
                        key,
                        item: item.clone(),
                    }),
                    Change::Remove => edits.push(Edit::RemoveItem { object, key }),
                    Change::Rename(to) => edits.push(Edit::RenameItem {
                        object,
                        from: key,
                        to: to.clone(),
                    }),
                }
            }
            if let Some(hint) = &made.hint.1 {
                let fingerprints = hint.split(',').map(|word| word.parse().unwrap()).collect();
                edits.push(Edit::SetHint { object, fingerprints });
            }
        }
        edits
    }
}

impl Object {
    /// The new items, in the order in which they are written.
    pub(super) fn added(&self) -> Vec<(String, String)> {
        let mut added = self.new.clone();
        added.sort();
        added
    }

    /// Makes the parts fit together.
    fn settle(&mut self) {
        let in_braces = self.in_braces;
        for (at, item) in self.items.iter_mut().enumerate() {
            item.key = format!("k{at}{}", item.key);
            if in_braces {
                item.style = match item.style {
                    Style::Quoted(quote) | Style::Spread(quote, _) => Style::Quoted(quote),
                    _ => Style::Quoted(Quote::Double),
                };
                item.above = None;
                item.behind = None;
                item.alias = false;
            }
        }
        if let Some(first) = self.items.first_mut() {
            first.alias = false;
        }
        // The line behind a removed item goes with it, if a scalar before would take it.
        let mut is_kept = false;
        for item in &mut self.items {
            item.blank_after &= !(is_kept && matches!(item.change, Change::Remove));
            is_kept |= matches!(item.style, Style::Literal("+", _) | Style::Folded("+"));
        }
        for at in 0..self.items.len() {
            let (before, rest) = self.items.split_at_mut(at);
            let (Some(anchor), Some(item)) = (before.last_mut(), rest.first_mut()) else {
                continue;
            };
            item.alias &= !anchor.alias;
            if item.alias {
                // What both are is changed for both.
                item.blank_after = false;
                item.value.clone_from(&anchor.value);
                match &anchor.change {
                    Change::Set(new) => item.change = Change::Set(new.clone()),
                    Change::Remove => item.change = Change::Remove,
                    _ if matches!(item.change, Change::Set(_)) => item.change = Change::None,
                    _ => {}
                }
            }
        }
        if in_braces
            && self
                .items
                .iter()
                .any(|item| matches!(item.change, Change::Remove))
        {
            self.new.clear();
        }
        if in_braces {
            // A new item looks like the last.
            for item in &mut self.items {
                if matches!(item.style, Style::Quoted(_)) {
                    item.key_quote = Quote::Double;
                    item.style = Style::Quoted(Quote::Double);
                }
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        self.new.retain(|(key, _)| seen.insert(key.clone()));
    }
}

fn base64() -> impl Strategy<Value = String> {
    // A word that is no number in any YAML.
    "Ag[A-Za-z0-9+/]{2,100}".prop_map(|mut text| {
        text.truncate(text.len() / 4 * 4);
        text
    })
}

fn quote() -> impl Strategy<Value = Quote> {
    select(vec![Quote::None, Quote::Single, Quote::Double])
}

fn style() -> impl Strategy<Value = Style> {
    let width = 4_usize..40;
    let header = select(vec!["", "-", "+", "2", "2-", "-2 # |", " # c: 'x'"]);
    prop_oneof![
        quote().prop_map(Style::Quoted),
        width.clone().prop_map(Style::Continued),
        width.clone().prop_map(Style::Escaped),
        (select(vec![Quote::None, Quote::Single]), width.clone())
            .prop_map(|(quote, width)| Style::Spread(quote, width)),
        (header.clone(), width).prop_map(|(header, width)| Style::Literal(header, width)),
        header.prop_map(Style::Folded),
    ]
}

fn comment() -> impl Strategy<Value = Option<&'static str>> {
    option::of(select(vec![
        "c",
        " a: b",
        "\tit's \"quoted\"",
        " AgAA",
        " {[|>&*",
        "---",
        " é😀",
    ]))
}

fn item() -> impl Strategy<Value = Item> {
    let change = prop_oneof![
        2 => Just(Change::None),
        3 => base64().prop_map(Change::Set),
        1 => Just(Change::Remove),
        1 => "[a-z]{3}".prop_map(|name| Change::Rename(format!("renamed.{name}"))),
    ];
    let key = select(vec!["", ".crt", "_x", "-1", ".a.b-c_d"]);
    let parts = (key, quote(), base64(), style(), comment(), comment());
    (parts, any::<[bool; 3]>(), change).prop_map(
        |((key, key_quote, value, style, above, behind), flags, change)| {
            let [blank_after, tagged, alias] = flags;
            let key = key.to_owned();
            Item {
                key,
                key_quote,
                value,
                style,
                above,
                behind,
                blank_after,
                tagged,
                alias,
                change,
            }
        },
    )
}

fn fingerprints() -> impl Strategy<Value = String> {
    let one = "[A-Za-z0-9+/]{42}A".prop_map(|digest| format!("SHA256:{digest}"));
    vec(one, 1..3).prop_map(|all| all.join(","))
}

pub(super) fn object() -> impl Strategy<Value = Object> {
    let new = vec(("new[a-c]", base64()), 0..3);
    let hint = (option::of(quote()), option::of(fingerprints()));
    let parts = (1_usize..5, any::<bool>(), any::<bool>(), 0_usize..4, hint);
    (parts, vec(item(), 1..5), new).prop_map(|((step, in_braces, spec_first, noise, hint), items, new)| {
        let mut object = Object {
            step,
            in_braces,
            spec_first,
            noise,
            hint,
            items,
            new,
        };
        let renamed: Vec<&Change> = object.items.iter().map(|item| &item.change).collect();
        let mut names = std::collections::BTreeSet::new();
        let are_unique = renamed.iter().all(|change| match change {
            Change::Rename(to) => names.insert(to.clone()),
            _ => true,
        });
        if !are_unique {
            object.items.truncate(1);
        }
        object.settle();
        object
    })
}

pub(super) fn text() -> impl Strategy<Value = Text> {
    let document = prop_oneof![
        3 => object().prop_map(Document::One),
        2 => (vec(object(), 1..4), select(vec![0, 2])).prop_map(|(objects, indent)| Document::List(objects, indent)),
        1 => (0_usize..3).prop_map(Document::Other),
    ];
    (any::<bool>(), any::<bool>(), vec(document, 1..4)).prop_map(|(mark, carriage_returns, documents)| Text {
        mark,
        carriage_returns,
        documents,
    })
}
