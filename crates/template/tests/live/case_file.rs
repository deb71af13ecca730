//! The cases in `testdata/template`: one file a subject.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use testkit::case::testdata;

/// A template, and how both results must agree.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) template: String,
    /// Values that are text.
    #[serde(default)]
    data: BTreeMap<String, String>,
    /// Values that are none, in base64.
    #[serde(default)]
    binary: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) class: Class,
    /// What both outputs look like as a whole, for [`Class::Shape`].
    #[serde(default)]
    pub(crate) shape: Option<String>,
    /// Why we refuse what upstream renders, for [`Class::Refused`].
    #[serde(default)]
    pub(crate) why: Option<String>,
}

/// How two results agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Class {
    /// Byte for byte.
    #[default]
    Same,
    /// Both fail.
    Error,
    /// Both match one regular expression.
    Shape,
    /// Go says the same of the PEM blocks in both.
    Described,
    /// Ours fails on purpose. Upstream is not asked: it would take all memory, or too long.
    Refused,
}

impl Case {
    /// Returns what the template sees.
    pub(crate) fn values(&self) -> BTreeMap<String, Vec<u8>> {
        let text = self
            .data
            .iter()
            .map(|(key, value)| (key.clone(), value.clone().into_bytes()));
        let binary = self
            .binary
            .iter()
            .map(|(key, value)| (key.clone(), BASE64_STANDARD.decode(value).unwrap()));
        text.chain(binary).collect()
    }
}

/// Returns all cases, each with the name of its file.
pub(crate) fn all() -> Vec<(String, Case)> {
    let mut paths: Vec<_> = fs::read_dir(testdata().join("template"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let cases: Vec<Case> = serde_saphyr::from_str(&text)
            .map_err(|error| format!("{}: {error}", path.display()))
            .unwrap();
        let file = path.file_stem().unwrap().to_string_lossy().into_owned();
        let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names.len(), cases.len(), "{file}: two cases have one name");
        for case in &cases {
            assert_eq!(
                case.shape.is_some(),
                case.class == Class::Shape,
                "{file}: {}",
                case.name
            );
            assert_eq!(
                case.why.is_some(),
                case.class == Class::Refused,
                "{file}: {}",
                case.name
            );
        }
        all.extend(cases.into_iter().map(|case| (file.clone(), case)));
    }
    all
}
