//! Paths: how a field is named in messages.

/// One step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Segment {
    Key(String),
    Index(usize),
}

impl Segment {
    pub(crate) fn key(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

/// Returns the path of a text such as `spec.items[2][a.b].c`, as messages spell it.
pub(crate) fn parse(path: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some((inside, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            segments.push(
                inside
                    .parse()
                    .map_or_else(|_| Segment::key(inside), Segment::Index),
            );
            rest = after;
        } else {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            let end = rest
                .char_indices()
                .skip(1)
                .find(|(_, c)| matches!(c, '.' | '['))
                .map_or(rest.len(), |(at, _)| at);
            let (key, after) = rest.split_at(end);
            segments.push(Segment::key(key));
            rest = after;
        }
    }
    segments
}

/// Returns a path as kubectl spells it; a key with a dot in it stands in brackets.
pub(crate) fn spell(path: &[Segment]) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Index(index) => text.extend(["[", &index.to_string(), "]"]),
            Segment::Key(key) if key.contains(['.', '/', '[']) => text.extend(["[", key, "]"]),
            Segment::Key(key) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(key);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_spelt_as_kubectl_does_and_reads_back() {
        let path = [
            Segment::key("spec"),
            Segment::key("items"),
            Segment::Index(2),
            Segment::key("a.b"),
            Segment::key("c"),
        ];
        assert_eq!(spell(&path), "spec.items[2][a.b].c");
        assert_eq!(parse("spec.items[2][a.b].c"), path);
        assert_eq!(spell(&[]), "");
        assert_eq!(parse(""), []);
        assert_eq!(parse("[a.b/c].d"), [Segment::key("a.b/c"), Segment::key("d")]);
    }
}
