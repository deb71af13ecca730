use std::cell::Cell;
use std::collections::BTreeMap;

use aws_lc_rs::rand::SystemRandom;
use template::{Budget, Inputs, Limits, Template, World};

/// What no message may hold.
const VALUE: &[u8] = b"tulip-hunter2-canary";

/// How often a template may ask whether its time is over: as many steps as it may take, and some.
const POLLS: u64 = 100_000;

/// A template ends within its budget, shows no value in an error, and gives the same again unless it says that it may not.
pub fn template(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let limits = Limits {
        steps: 20_000,
        output: 64 << 10,
        memory: 1 << 20,
        ..Limits::default()
    };
    let parsed = match Template::parse("entry", text, &limits) {
        Ok(parsed) => parsed,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let names: [&[u8]; 3] = [VALUE, b"", &[0, 0xff, b'{']];
    let values: BTreeMap<String, Vec<u8>> = ["a", "b", "c"]
        .iter()
        .zip(names)
        .map(|(name, value)| ((*name).to_owned(), value.to_vec()))
        .collect();
    let first = rendered(&parsed, &values, &limits);
    if !parsed.volatile().is_empty() {
        return;
    }
    assert!(
        first == rendered(&parsed, &values, &limits),
        "rendered twice, with two results"
    );
    if let Inputs::Named(names) = parsed.inputs() {
        let seen = values
            .into_iter()
            .filter(|(name, _)| names.contains(name))
            .collect();
        assert!(
            first == rendered(&parsed, &seen, &limits),
            "it sees more than it says"
        );
    }
}

fn rendered(parsed: &Template, values: &BTreeMap<String, Vec<u8>>, limits: &Limits) -> Option<Vec<u8>> {
    let polls = Cell::new(0);
    let expired = || {
        polls.set(polls.get() + 1);
        assert!(polls.get() < POLLS, "it goes on and on");
        false
    };
    let world = World {
        now: "2026-01-02T03:04:05Z".parse().unwrap(),
        random: &SystemRandom::new(),
        expired: &expired,
    };
    match parsed.render(values, &world, &mut Budget::new(limits)) {
        Ok(output) => {
            assert!(output.len() <= limits.output);
            Some(output.to_vec())
        }
        Err(error) => {
            let value = std::str::from_utf8(VALUE).unwrap();
            assert!(!error.to_string().contains(value), "an error shows a value");
            None
        }
    }
}
