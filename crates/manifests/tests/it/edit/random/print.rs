//! How a generated text is written, before its edits and after.

use super::text::{Change, Document, Item, Object, Quote, Style, Text};

/// Fields around the items, with copies of what a ciphertext looks like.
const NOISE: [&str; 4] = [
    "other: AgAA\n",
    "template:\n  data: {a: \"AgAA\", 'b': [AgAA, {c: d}]} # c\n",
    "template:\n  # c\n\n  data:\n    t: |+\n      \tAgAA\n       {{ .x }}  \n\n    u: >-\n      a\n      b\n\n  type: Opaque\n",
    "x: &here\n- AgAA\n-  - *here2\ny: *here\n",
];

/// Documents that are no SealedSecrets.
const OTHER: [&str; 3] = [
    "kind: Secret\nspec: {encryptedData: {k0: AgAA}}\n",
    "kind: ConfigMap\ndata:\n    k0:   AgAA # c\n    \"k1\": |2\n       x\n\t\n",
    "a: &a {k0: AgAA}\nb: {<<: *a}\n...\n",
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

pub(super) struct Print<'t> {
    text: &'t Text,
    side: Side,
}

impl<'t> Print<'t> {
    pub(super) fn new(text: &'t Text, side: Side) -> Self {
        Self { text, side }
    }

    pub(super) fn whole(&self) -> String {
        let mut text = String::new();
        for document in &self.text.documents {
            text.push_str("--- # AgAA\n");
            match document {
                Document::One(object) => text.push_str(&self.object(object)),
                Document::List(objects, indent) => {
                    text.push_str("apiVersion: v1\nkind: List\nitems:\n");
                    for (at, object) in objects.iter().enumerate() {
                        // Anchors hold for the whole document; later ones of a name win.
                        let object = self
                            .object(object)
                            .replace("&item", &format!("&o{at}_"))
                            .replace("*item", &format!("*o{at}_"));
                        text.push_str(&entry(&object, *indent));
                    }
                }
                Document::Other(which) => text.push_str(OTHER[*which]),
            }
        }
        if self.text.carriage_returns {
            text = text.replace('\n', "\r\n");
        }
        if self.text.mark {
            text.insert(0, '\u{feff}');
        }
        text
    }

    fn object(&self, object: &Object) -> String {
        let step = " ".repeat(object.step);
        let hint = match (object.hint.0, &object.hint.1) {
            (None, _) => String::new(),
            (Some(quote), new) => {
                let new = new.as_ref().filter(|_| self.side == Side::After);
                let hint = new.map_or("SHA256:old", String::as_str);
                format!(
                    "{step}{step}chancery.dev/sealed-with: {} # c\n",
                    quoted(hint, quote)
                )
            }
        };
        let metadata = format!("metadata:\n{step}name: a\n{step}annotations:\n{step}{step}a/b: AgAA\n{hint}");
        let noise = NOISE[object.noise].replace("*here2", "AgAA");
        let spec = format!(
            "spec:\n{step}encryptedData:{}{}",
            self.items(object),
            indented(&noise, &step)
        );
        let (one, other) = if object.spec_first {
            (spec, metadata)
        } else {
            (metadata, spec)
        };
        format!("kind: SealedSecret\n{one}# c\n{other}")
    }

    fn items(&self, object: &Object) -> String {
        if object.in_braces {
            let mut entries: Vec<String> = object
                .items
                .iter()
                .filter_map(|item| self.in_braces(item))
                .collect();
            if self.side == Side::After {
                entries.extend(
                    object
                        .added()
                        .iter()
                        .map(|(key, item)| format!("\"{key}\": \"{item}\"")),
                );
            }
            return format!(" {{{}}}\n", entries.join(", "));
        }
        let indent = " ".repeat(object.step * 2);
        let mut lines = String::new();
        let is_left = |item: &Item| self.side == Side::Before || !matches!(item.change, Change::Remove);
        for (at, item) in object.items.iter().enumerate() {
            if let Some(comment) = item.above {
                lines.extend([indent.as_str(), "#", comment, "\n"]);
            }
            let is_anchor = object.items.get(at + 1).is_some_and(|next| next.alias);
            let value = if item.alias {
                format!("*item{}\n", at - 1)
            } else {
                self.value(item, at, is_anchor, &indent)
            };
            if is_left(item) {
                let key = quoted(self.key(item), item.key_quote);
                lines.extend([indent.as_str(), &key, ": ", &value]);
            }
            // A blank line is the scalar's own where it keeps them.
            if item.blank_after && !is_last(object, at) && (!keeps(item) || is_left(item)) {
                lines.push('\n');
            }
        }
        let mut has_any = object.items.iter().any(is_left);
        if self.side == Side::After && !object.new.is_empty() {
            has_any = true;
            lines.push_str(&Self::added(object, &indent));
        }
        if has_any {
            format!("\n{lines}")
        } else {
            format!(" {{}}\n{lines}")
        }
    }

    fn added(object: &Object, indent: &str) -> String {
        let sample = object.items.iter().rev().find(|item| !item.alias).unwrap();
        let mut lines = String::new();
        for (key, new) in object.added() {
            let header = |header: &'static str| header.split([' ', '#']).next().unwrap_or_default();
            let style = match &sample.style {
                Style::Literal(mark, width) => Style::Literal(header(mark), *width),
                Style::Folded(mark) => Style::Folded(header(mark)),
                Style::Spread(quote, _) => Style::Quoted(*quote),
                style => style.clone(),
            };
            let mut value = written(&style, &sample.value, &new, indent);
            value.push('\n');
            lines.extend([indent, &quoted(&key, sample.key_quote), ": ", &value]);
        }
        lines
    }

    fn key<'i>(&self, item: &'i Item) -> &'i str {
        match &item.change {
            Change::Rename(to) if self.side == Side::After => to,
            _ => &item.key,
        }
    }

    fn content<'i>(&self, item: &'i Item) -> &'i str {
        match &item.change {
            Change::Set(new) if self.side == Side::After => new,
            _ => &item.value,
        }
    }

    fn in_braces(&self, item: &Item) -> Option<String> {
        if self.side == Side::After && matches!(item.change, Change::Remove) {
            return None;
        }
        let tag = if item.tagged { "!!str " } else { "" };
        let Style::Quoted(quote) = item.style else {
            return None;
        };
        Some(format!(
            "{}: {tag}{}",
            quoted(self.key(item), item.key_quote),
            quoted(self.content(item), quote)
        ))
    }

    fn value(&self, item: &Item, at: usize, is_anchor: bool, indent: &str) -> String {
        let anchor = if is_anchor {
            format!("&item{at} ")
        } else {
            String::new()
        };
        let tag = if item.tagged { "!!str " } else { "" };
        let value = written(&item.style, &item.value, self.content(item), indent);
        let behind = match (&item.style, item.behind) {
            // A comment would be content.
            (Style::Literal(..) | Style::Folded(_), _) | (_, None) => String::new(),
            (_, Some(comment)) => format!("  #{comment}"),
        };
        format!("{anchor}{tag}{value}{behind}\n")
    }
}

fn is_last(object: &Object, at: usize) -> bool {
    at + 1 == object.items.len()
}

fn keeps(item: &Item) -> bool {
    !item.alias && matches!(item.style, Style::Literal("+", _) | Style::Folded("+"))
}

/// A ciphertext in a style: in as many columns as the old one is, if that stands on several lines.
fn written(style: &Style, old: &str, new: &str, indent: &str) -> String {
    let wrapped = |width: usize, separator: &str| {
        let width = if old.len() > width { width } else { new.len() };
        let lines: Vec<String> = new
            .as_bytes()
            .chunks(width)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        lines.join(separator)
    };
    // The second level of a block scalar's indentation is told in its header, so it is two.
    match style {
        Style::Quoted(quote) => quoted(new, *quote),
        Style::Continued(width) => format!("\"{}\"", wrapped(*width, &format!("\\\n{indent}   "))),
        Style::Escaped(width) => format!("\"{}\"", wrapped(*width, "\\n")),
        Style::Spread(quote, width) => quoted(&wrapped(*width, &format!("\n\n{indent} ")), *quote),
        Style::Literal(header, width) => format!(
            "|{header}\n{indent}  {}",
            wrapped(*width, &format!("\n{indent}  "))
        ),
        Style::Folded(header) => format!(">{header}\n{indent}  {new}"),
    }
}

fn quoted(text: &str, quote: Quote) -> String {
    match quote {
        Quote::None => text.to_owned(),
        Quote::Single => format!("'{text}'"),
        Quote::Double => format!("\"{text}\""),
    }
}

fn indented(text: &str, indent: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| {
            if line == "\n" {
                line.to_owned()
            } else {
                format!("{indent}{line}")
            }
        })
        .collect()
}

/// An object as an entry of a list.
fn entry(object: &str, indent: usize) -> String {
    let text = indented(object, &" ".repeat(indent + 2));
    let dash = format!("{}- ", " ".repeat(indent));
    format!("{dash}{}", &text[indent + 2..])
}
