//! That no function is without a case.

use std::collections::BTreeSet;

use regex::Regex;
use testkit::go_template::Renderer;

use crate::case_file;
use crate::ours;

/// What `text/template` has itself; it does not list them.
const BUILT_IN: &[&str] = &[
    "and", "break", "call", "continue", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne",
    "not", "or", "print", "printf", "println", "slice", "urlquery",
];

#[test]
fn every_function_is_in_a_case() {
    let word = Regex::new(r"[A-Za-z_][A-Za-z0-9_]*").unwrap();
    let cases = case_file::all();
    let used: BTreeSet<&str> = cases
        .iter()
        .flat_map(|(_, case)| word.find_iter(&case.template))
        .map(|found| found.as_str())
        .collect();
    let functions = Renderer::start().functions();
    assert!(functions.len() > 200, "{functions:?}");
    let missing: Vec<&str> = functions
        .iter()
        .map(String::as_str)
        .chain(BUILT_IN.iter().copied())
        .filter(|name| !used.contains(name))
        .collect();
    assert!(missing.is_empty(), "no case has {missing:?}");
}

#[test]
fn exactly_the_functions_that_upstream_has_are_known() {
    let mut go = Renderer::start();
    let mut names = go.functions();
    names.extend(["env", "expandenv", "getHostByName"].map(str::to_owned));
    for name in names {
        // Not run: only whether the name is known.
        let text = format!("{{{{ if false }}}}{{{{ {name} }}}}{{{{ end }}}}");
        let (ours, theirs) = (ours::render(&text, &[].into()), go.render(&text, &[].into()));
        assert_eq!(ours.is_ok(), theirs.is_ok(), "{name}: {ours:?}, {theirs:?}");
    }
}
