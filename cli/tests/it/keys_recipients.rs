//! For whom `keys backup` encrypts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sandbox::Sandbox;

/// Pairs as `age-keygen` of the age project printed them, their public halves.
const ONE: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const TWO: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

/// The shape of an identity.
const IDENTITY: &str = "AGE-SECRET-KEY-1TULIPCANARYTULIPCANARYTULIPCANARYTULIPCANARYTULIPCANARY";

#[test]
fn a_private_key_in_the_place_of_something_public_is_shown_nowhere() {
    let sandbox = Sandbox::with_store();
    let lower = IDENTITY.to_lowercase();
    let both = format!("{ONE},{IDENTITY}");
    for (flag, value) in [
        ("-r", IDENTITY),
        ("-r", &lower),
        ("--recipient", &both),
        ("--recipients-file", IDENTITY),
    ] {
        let run = sandbox
            .run(&["keys", "backup", "--local", "store", flag, value])
            .failed(2, &["opens backups"]);
        assert!(!run.stderr.to_uppercase().contains("CANARY"), "{}", run.stderr);
    }
    let restore = ["keys", "restore", "keys.age", "--local", "again", "-i"];
    let armour = "-----BEGIN AGE ENCRYPTED FILE-----\n";
    sandbox.write("keys.age", armour);
    for value in [IDENTITY, &lower] {
        let run = sandbox
            .run(&[&restore[..], &[value]].concat())
            .failed(2, &["opens backups", "in a file"]);
        assert!(!run.stderr.to_uppercase().contains("CANARY"), "{}", run.stderr);
    }
}

#[test]
fn a_wrong_recipient_is_said_before_the_keys_are_looked_for() {
    let run = Sandbox::new().run(&["keys", "backup", "--local", "store", "-r", "ssh-ed25519 AAAA"]);
    run.failed(2, &["--recipient", "an age recipient begins with `age1`"]);
}

#[test]
fn recipients_can_stand_behind_one_flag() {
    let sandbox = Sandbox::with_store();
    let both = format!("{ONE},{TWO}");
    let recipients = |more: &[&str]| {
        let backup = ["keys", "backup", "--local", "store"];
        let run = sandbox.run(&[&backup[..], more].concat()).succeeded();
        stanzas(&run.stdout)
    };
    assert_eq!(recipients(&["-r", ONE]), 1);
    assert_eq!(recipients(&["-r", ONE, "-r", TWO]), 2);
    assert_eq!(recipients(&["-r", &both]), 2);
}

/// How many recipients the head of an armoured age file names. Its length tells nothing: age puts a stanza of random
/// length and name beside them.
fn stanzas(armoured: &str) -> usize {
    let lines = armoured.lines().filter(|line| !line.starts_with("-----"));
    let bytes = STANDARD.decode(lines.collect::<String>()).unwrap();
    let head = bytes.split(|byte| *byte == b'\n');
    head.filter(|line| line.starts_with(b"-> X25519 ")).count()
}
