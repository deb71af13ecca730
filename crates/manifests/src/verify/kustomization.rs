//! Secrets that kustomize makes of plain values.

use serde_json::Value;

use super::{Code, Finding, Findings};
use crate::documents::Document;
use crate::yaml::locate::Segment;

/// A file that a Secret is generated from: a finding if it is there and has values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// The path as the kustomization has it, relative to its folder.
    pub path: String,
    /// Whether it is a file of `KEY=value` lines, of which only those with a value count.
    pub lines: bool,
    /// What is to be said then.
    pub finding: Finding,
}

/// Returns the values that a kustomization, or a `SecretGenerator` of its own, shows, and the files that it takes
/// others from. `named` says that the file's name is that of a kustomization, which then needs no `kind`.
pub fn kustomization(document: &Document, named: bool) -> (Vec<Finding>, Vec<Generated>) {
    let mut findings = Findings::new(document);
    let mut files = Vec::new();
    match document.kind() {
        Some("SecretGenerator") => generator(&document.value, &[], &mut findings, &mut files),
        Some("Kustomization" | "Component") => all(&mut findings, &mut files),
        None if named => all(&mut findings, &mut files),
        _ => {}
    }
    (findings.sorted(), files)
}

fn all(findings: &mut Findings<'_>, files: &mut Vec<Generated>) {
    let generators = findings.value().get("secretGenerator").and_then(Value::as_array);
    for (index, value) in generators.into_iter().flatten().enumerate() {
        let at = [Segment::Key("secretGenerator".to_owned()), Segment::Index(index)];
        generator(value, &at, findings, files);
    }
}

fn generator(value: &Value, at: &[Segment], findings: &mut Findings<'_>, files: &mut Vec<Generated>) {
    for (path, literal) in texts(value, at, "literals") {
        // Without `=` kustomize refuses it, and it may be a value all the same.
        let (key, shown) = match literal.split_once('=') {
            Some((key, value)) => (Some(key), value.trim_matches(['"', '\''])),
            None => (None, literal),
        };
        if !shown.is_empty() {
            let of = key.map_or_else(String::new, |key| format!(" of `{key}`"));
            findings.push(
                Code::GeneratorLiteral,
                &path,
                key,
                format!("a Secret is generated from a plain value{of}; seal it instead (`chancery seal`)"),
            );
        }
    }
    let mut file = |path: &[Segment], name: &str, lines: bool| {
        let mut one = Findings::new(findings.document);
        one.push(
            Code::GeneratorFile,
            path,
            None,
            format!(
                "a Secret is generated from the file `{name}`; seal it instead, or keep the file out of Git"
            ),
        );
        files.extend(one.list.into_iter().map(|finding| Generated {
            path: name.to_owned(),
            lines,
            finding,
        }));
    };
    for (path, name) in texts(value, at, "envs") {
        file(&path, name, true);
    }
    if let Some(name) = value.get("env").and_then(Value::as_str) {
        file(&[at, &[Segment::Key("env".to_owned())]].concat(), name, true);
    }
    for (path, entry) in texts(value, at, "files") {
        file(
            &path,
            entry.split_once('=').map_or(entry, |(_, name)| name),
            false,
        );
    }
}

/// Returns the texts of a list with their paths.
fn texts<'a>(value: &'a Value, at: &[Segment], field: &str) -> Vec<(Vec<Segment>, &'a str)> {
    let list = value.get(field).and_then(Value::as_array);
    let entries = list.into_iter().flatten().enumerate();
    let texts = entries.filter_map(|(index, entry)| {
        let end = [Segment::Key(field.to_owned()), Segment::Index(index)];
        Some(([at, &end].concat(), entry.as_str()?))
    });
    texts.collect()
}
