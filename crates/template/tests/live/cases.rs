//! Every case in `testdata/template`.

use regex::bytes::Regex;
use testkit::go_template::Renderer;

use crate::case_file::{self, Case, Class};
use crate::ours;

/// Returns what is wrong with a case, if anything is.
fn disagreement(go: &mut Renderer, case: &Case) -> Option<String> {
    let data = case.values();
    let ours = ours::render(&case.template, &data);
    if case.class == Class::Refused {
        return ours
            .ok()
            .map(|output| format!("is to be refused, and renders {}", shown(&output)));
    }
    let theirs = go.render(&case.template, &data);
    let agree = match (case.class, &ours, &theirs) {
        (Class::Same, Ok(ours), Ok(theirs)) => ours == theirs,
        (Class::Error, Err(_), Err(_)) => true,
        (Class::Shape, Ok(ours), Ok(theirs)) => {
            let shape = looks(case);
            shape.is_match(ours) && shape.is_match(theirs)
        }
        (Class::Described, Ok(ours), Ok(theirs)) => {
            let (ours, theirs) = (go.describe(ours), go.describe(theirs));
            if ours == theirs {
                return None;
            }
            return Some(format!("ours is\n{ours}\nGo's is\n{theirs}"));
        }
        _ => false,
    };
    let text = |result: &Result<Vec<u8>, String>| match result {
        Ok(output) => shown(output),
        Err(message) => format!("the error {message}"),
    };
    (!agree).then(|| format!("ours is {}\n    Go's is {}", text(&ours), text(&theirs)))
}

/// Returns what both outputs look like as a whole.
fn looks(case: &Case) -> Regex {
    Regex::new(&format!(r"(?s)\A(?:{})\z", case.shape.as_deref().unwrap())).unwrap()
}

fn shown(output: &[u8]) -> String {
    format!("\"{}\"", output.escape_ascii())
}

#[test]
fn every_case_is_as_upstream_has_it() {
    let mut go = Renderer::start();
    let cases = case_file::all();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(file, case)| {
            let what = disagreement(&mut go, case)?;
            Some(format!("{file}: {}: {}\n    {what}", case.name, case.template))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} cases disagree:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
    assert!(cases.len() >= 300, "there are only {} cases", cases.len());
}
