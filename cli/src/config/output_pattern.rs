//! Where a sealed document is written, as a pattern of its properties.

use std::path::{Component, Path, PathBuf};

/// The names that stand in braces.
const NAMES: [&str; 4] = ["cluster", "path", "name", "namespace"];

/// A path with names in braces: `sealed/{cluster}/{namespace}/{name}.yaml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutputPattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(&'static str),
}

/// What is put in for the names.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Properties<'a> {
    /// The cluster, or nothing when there is no choice of one.
    pub(crate) cluster: Option<&'a str>,
    /// The path below the folder that was searched, or below the fixed part of the rule's pattern; nothing for standard
    /// input.
    pub(crate) path: Option<&'a Path>,
    /// `metadata.name`.
    pub(crate) name: &'a str,
    /// `metadata.namespace`.
    pub(crate) namespace: Option<&'a str>,
}

impl OutputPattern {
    /// Whether a path that was given on the command line is a pattern, maybe one with a mistake: it has a word in braces.
    pub(crate) fn is_one(text: &str) -> bool {
        text.split_once('{').is_some_and(|(_, after)| after.contains('}'))
    }

    /// Reads a pattern; braces that are none are an error.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("a `{` has no `}`")?;
            let known = NAMES.iter().find(|known| **known == name).ok_or_else(|| {
                match manifests::similar(name, &NAMES) {
                    Some(close) => format!("unknown name `{{{name}}}`; did you mean `{{{close}}}`?"),
                    None => {
                        format!("unknown name `{{{name}}}`; there are {{cluster}}, {{path}}, {{name}} and {{namespace}}")
                    }
                }
            })?;
            parts.extend([Part::Text(before.to_owned()), Part::Name(known)]);
            rest = after;
        }
        if text.ends_with('/') || text.is_empty() {
            return Err("it names no file; end it with `{path}` or `{name}.yaml`".to_owned());
        }
        parts.push(Part::Text(rest.to_owned()));
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Ok(Self { parts })
    }

    /// Reads a pattern of a file that others may have written: it can't lead out of the folder.
    ///
    /// # Errors
    /// As [`Self::parse`], and when it begins with a slash or has a `..`.
    pub(super) fn parse_below(text: &str) -> Result<Self, String> {
        let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(text).components().all(inside) {
            return Err(
                "it must stay below the folder of this file: no `..` and no leading slash".to_owned(),
            );
        }
        Self::parse(text)
    }

    /// The path for these properties.
    ///
    /// # Errors
    /// When the pattern asks for one that there is not, or one that could lead elsewhere; in words.
    pub(crate) fn fill(&self, properties: &Properties<'_>) -> Result<PathBuf, String> {
        let mut path = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => path.push_str(text),
                Part::Name(name) => path.push_str(&properties.value(name)?),
            }
        }
        Ok(PathBuf::from(path))
    }
}

impl Properties<'_> {
    fn value(&self, name: &str) -> Result<String, String> {
        match name {
            "cluster" => self
                .cluster
                .map(str::to_owned)
                .ok_or_else(|| "`{cluster}` has no value: no cluster is configured or named".to_owned()),
            "path" => {
                let path = self
                    .path
                    .ok_or("`{path}` has no value for a document from elsewhere; use `{name}.yaml`")?;
                let text = path.to_str().ok_or("`{path}` is not UTF-8")?;
                Ok(text.to_owned())
            }
            "namespace" => {
                let none = "`{namespace}` has no value: the document names none";
                plain(
                    "namespace",
                    self.namespace.filter(|text| !text.is_empty()).ok_or(none)?,
                )
            }
            _ => plain("name", self.name),
        }
    }
}

/// A text that comes from a document is not to be trusted as a part of a path: `../../x` must stay out.
fn plain(what: &str, text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if text.is_empty() || text.starts_with('.') || text.len() > 253 || !text.bytes().all(allowed) {
        return Err(format!("the {what} {text:?} can't be used in the name of a file"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties() -> Properties<'static> {
        Properties {
            cluster: Some("production"),
            path: Some(Path::new("team/db.yaml")),
            name: "db",
            namespace: Some("shop"),
        }
    }

    fn filled(pattern: &str, properties: &Properties<'_>) -> Result<String, String> {
        let path = OutputPattern::parse(pattern)?.fill(properties)?;
        Ok(path.display().to_string())
    }

    #[test]
    fn names_in_braces_are_replaced() {
        let check = |pattern, path: &str| assert_eq!(filled(pattern, &properties()).unwrap(), path);
        check("sealed/{cluster}/{path}", "sealed/production/team/db.yaml");
        check("{namespace}-{name}.json", "shop-db.json");
        check("one.yaml", "one.yaml");
    }

    #[test]
    fn a_name_that_there_is_not_is_refused_with_the_one_that_was_meant() {
        for (pattern, said) in [
            ("{clusters}/x", "did you mean `{cluster}`?"),
            ("{wrong}/x", "unknown name `{wrong}`"),
            ("{cluster/x", "has no `}`"),
            ("sealed/{cluster}/", "names no file"),
        ] {
            let error = OutputPattern::parse(pattern).unwrap_err();
            assert!(error.contains(said), "{pattern}: {error}");
        }
    }

    #[test]
    fn a_file_cannot_send_documents_out_of_its_folder() {
        for pattern in ["../x.yaml", "/etc/x.yaml", "a/../../x.yaml"] {
            assert!(OutputPattern::parse_below(pattern).is_err(), "{pattern}");
        }
        let hostile = Properties {
            name: "../../x",
            ..properties()
        };
        assert!(filled("{name}.yaml", &hostile).is_err());
        let hostile = Properties {
            namespace: Some(".."),
            ..properties()
        };
        assert!(filled("{namespace}/x.yaml", &hostile).is_err());
    }

    #[test]
    fn what_has_no_value_is_said() {
        let none = Properties {
            name: "db",
            ..Properties::default()
        };
        for pattern in ["{cluster}", "{path}", "{namespace}"] {
            assert!(
                filled(pattern, &none).unwrap_err().contains("has no value"),
                "{pattern}"
            );
        }
    }
}
