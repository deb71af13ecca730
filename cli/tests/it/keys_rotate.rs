//! `chancery keys rotate` without a cluster.

use serde_json::Value;

use crate::sandbox::{Sandbox, secret};

const ROTATE: [&str; 6] = ["keys", "rotate", "--local", "store", "--bits", "2048"];

/// Rotates and returns the report.
fn rotate(sandbox: &Sandbox) -> Value {
    let run = sandbox.run(&[&ROTATE[..], &["-o", "json"]].concat()).succeeded();
    serde_json::from_str(&run.stdout).unwrap()
}

/// Returns the fingerprint of what is sealed to.
fn sealed_to(sandbox: &Sandbox) -> Value {
    let run = sandbox
        .run(&["cert", "--local", "store", "-o", "json"])
        .succeeded();
    serde_json::from_str::<Value>(&run.stdout).unwrap()["fingerprint"].clone()
}

#[test]
fn the_new_key_is_sealed_to_however_fast_it_follows_and_the_old_ones_open() {
    let sandbox = Sandbox::with_store();
    let mut before = sealed_to(&sandbox);
    for round in 0..3 {
        let name = format!("sealed-{round}.yaml");
        sandbox
            .run_with(&["seal", "--local", "store", "-w", &name], &secret("shop", "db"))
            .succeeded();
        // Several in a second: keys are ordered by seconds.
        let report = rotate(&sandbox);
        assert_eq!(report["old"], before);
        assert_eq!(report["new"], sealed_to(&sandbox));
        assert_ne!(report["new"], before);
        before = report["new"].clone();
        sandbox.run(&["unseal", &name, "--local", "store"]).succeeded();
    }
    assert_eq!(sandbox.files("store/keys").len(), 4);
}

#[test]
fn a_key_that_is_generated_into_a_store_is_its_newest_too() {
    let sandbox = Sandbox::with_store();
    let run = sandbox
        .run(&["keys", "generate", "--local", "store", "--bits", "2048"])
        .succeeded();
    let made = run.stdout.split_whitespace().nth(1).unwrap().to_owned();
    assert_eq!(sealed_to(&sandbox), Value::from(made));
}

#[test]
fn people_are_told_old_and_new_and_what_to_do_next() {
    let sandbox = Sandbox::with_store();
    let old = sealed_to(&sandbox);
    let run = sandbox.run(&ROTATE).succeeded();
    let new = sealed_to(&sandbox);
    let (old, new) = (old.as_str().unwrap(), new.as_str().unwrap());
    assert!(
        run.stdout
            .starts_with(&format!("old  {old}\nnew  {new}  expires 2")),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("chancery reseal PATH"), "{}", run.stderr);
    assert!(!run.stdout.contains("PRIVATE") && !run.stderr.contains("PRIVATE"));
}

#[test]
fn a_store_that_is_not_there_is_not_made() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&ROTATE);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(sandbox.files("."), Vec::<String>::new());
}

#[test]
fn what_the_controller_decides_is_no_argument_for_a_cluster() {
    let sandbox = Sandbox::new();
    for flag in [["--bits", "2048"], ["--ttl", "720h"], ["--common-name", "x"]] {
        let run = sandbox.run(&[&["keys", "rotate"], &flag[..]].concat());
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains("with --local"), "{}", run.stderr);
    }
    for waiting in [&["--no-wait"][..], &["--timeout", "90s"]] {
        sandbox
            .run(&[&ROTATE[..], waiting].concat())
            .failed(2, &["--local"]);
    }
}
