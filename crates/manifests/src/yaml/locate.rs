//! Where a field stands in the text of a document: read again, and only when there is something to report.

use serde_saphyr::granit_parser::{Event, Parser, Span, StrInput};

/// One step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Key(String),
    Index(usize),
}

/// Returns the line, counted from 1, of the deepest part of `path` that can be found.
pub(crate) fn line_of(text: &str, path: &[Segment]) -> Option<usize> {
    let mut parser = Parser::new_from_str(text);
    let mut found = None;
    loop {
        match next(&mut parser)? {
            (Event::StreamStart | Event::DocumentStart(..), _) => {}
            (Event::StreamEnd, _) => return None,
            (event, span) => {
                descend(&mut parser, &event, span.start.line(), path, &mut found);
                return found;
            }
        }
    }
}

/// Returns the line of each entry of the sequence at `key` of the document.
pub(crate) fn lines_of_entries(text: &str, key: &str) -> Vec<usize> {
    let mut lines = Vec::new();
    let mut depth = 0_usize;
    let mut inside = false;
    let mut last_key_matches = false;
    for next in Parser::new_from_str(text) {
        let Ok((event, span)) = next else { break };
        let entry = inside && depth == 2;
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                if entry {
                    lines.push(span.start.line());
                }
                inside |= depth == 1 && last_key_matches && matches!(event, Event::SequenceStart(..));
                depth += 1;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                depth = depth.saturating_sub(1);
                inside &= depth >= 2;
            }
            Event::Scalar(ref text, ..) => {
                if entry {
                    lines.push(span.start.line());
                }
                last_key_matches = depth == 1 && text == key;
            }
            Event::Alias(..) if entry => lines.push(span.start.line()),
            _ => {}
        }
    }
    lines
}

type Events<'a> = Parser<'a, StrInput<'a>>;

/// Reads the node that `event` begins; `None` ends the search, with the best answer in `found`.
fn descend(
    parser: &mut Events<'_>,
    event: &Event<'_>,
    line: usize,
    path: &[Segment],
    found: &mut Option<usize>,
) -> Option<()> {
    found.get_or_insert(line);
    let (wanted, rest) = path.split_first()?;
    match (event, wanted) {
        (Event::MappingStart(..), Segment::Key(wanted)) => loop {
            let (key, key_span) = next(parser)?;
            let matches = match &key {
                Event::MappingEnd => return None,
                Event::Scalar(text, ..) => text == wanted,
                _ => false,
            };
            skip(parser, &key)?;
            let (value, value_span) = next(parser)?;
            if matches {
                *found = Some(key_span.start.line());
                return descend(parser, &value, value_span.start.line(), rest, found);
            }
            skip(parser, &value)?;
        },
        (Event::SequenceStart(..), Segment::Index(wanted)) => {
            for index in 0.. {
                let (entry, span) = next(parser)?;
                if matches!(entry, Event::SequenceEnd) {
                    return None;
                }
                if index == *wanted {
                    *found = Some(span.start.line());
                    return descend(parser, &entry, span.start.line(), rest, found);
                }
                skip(parser, &entry)?;
            }
            None
        }
        _ => None,
    }
}

/// Returns the next event that is part of a value.
fn next<'a>(events: &mut Events<'a>) -> Option<(Event<'a>, Span)> {
    loop {
        match events.next()?.ok()? {
            (Event::Anchor(..) | Event::Comment(..), _) => {}
            event => return Some(event),
        }
    }
}

/// Reads to the end of the node that `event` begins.
fn skip(parser: &mut Events<'_>, event: &Event<'_>) -> Option<()> {
    let mut depth = usize::from(matches!(
        event,
        Event::MappingStart(..) | Event::SequenceStart(..)
    ));
    while depth > 0 {
        match next(parser)?.0 {
            Event::MappingStart(..) | Event::SequenceStart(..) => depth += 1,
            Event::MappingEnd | Event::SequenceEnd => depth -= 1,
            _ => {}
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# a comment\na: 1\nb:\n  # another\n  c: &x\n    - 1\n    - d: 2\n      e: *x\nf: {g: 1,\n  h: 2}\n";

    fn check(path: &[&str], line: usize) {
        let segment = |word: &&str| {
            word.parse()
                .map_or_else(|_| Segment::Key((*word).to_owned()), Segment::Index)
        };
        let path: Vec<_> = path.iter().map(segment).collect();
        assert_eq!(line_of(TEXT, &path), Some(line), "{path:?}");
    }

    #[test]
    fn a_field_has_the_line_of_its_key() {
        check(&["a"], 2);
        check(&["b", "c"], 5);
        check(&["b", "c", "0"], 6);
        check(&["b", "c", "1", "e"], 8);
        check(&["f", "h"], 10);
    }

    #[test]
    fn a_field_that_is_missing_has_the_line_of_its_parent() {
        check(&["b", "missing"], 3);
        check(&["b", "c", "9"], 5);
        check(&["b", "c", "1", "e", "deeper"], 8);
        assert_eq!(line_of("", &[]), None);
    }

    #[test]
    fn each_entry_of_a_list_has_its_line() {
        let text = "kind: List\nitems:\n- a: {items: [1, 2]}\n  b: 2\n- [x]\n- z\nother:\n- q\n";
        assert_eq!(lines_of_entries(text, "items"), [3, 5, 6]);
        assert_eq!(lines_of_entries("{\"items\": [\n{},\n{}]}", "items"), [2, 3]);
    }
}
