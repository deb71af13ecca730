//! What `chancery item` and `chancery seal --into` edit, the real kubeseal opens; and a value that is typed.

use std::fs;
use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{chancery, run};

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
stringData:
  gone: one
  pass: two
  user: three
";

/// A folder with a key Secret, its certificate, and `db.yaml`, sealed by kubeseal in that scope.
fn sealed_by_kubeseal(scope: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let generate = ["keys", "generate", "-w", "key.yaml", "--bits", "2048"];
    chancery(folder.path(), &generate, "").succeeded();
    let cert = ["cert", "--cert", "key.yaml", "-w", "cert.pem"];
    chancery(folder.path(), &cert, "").succeeded();
    let seal = ["--cert", "cert.pem", "--scope", scope, "-o", "yaml"];
    let sealed = run(&testkit::kubeseal(), folder.path(), &seal, SECRET).succeeded();
    fs::write(folder.path().join("db.yaml"), sealed.stdout).unwrap();
    folder
}

fn opened_by_kubeseal(folder: &Path) -> Value {
    let sealed = fs::read_to_string(folder.join("db.yaml")).unwrap();
    let unseal = ["--recovery-unseal", "--recovery-private-key", "key.yaml"];
    let opened = run(&testkit::kubeseal(), folder, &unseal, &sealed).succeeded();
    let opened: Value = serde_json::from_str(&opened.stdout).unwrap();
    opened["data"].clone()
}

#[test]
fn kubeseal_opens_what_was_edited_in_every_scope() {
    for scope in ["strict", "namespace-wide", "cluster-wide"] {
        let folder = sealed_by_kubeseal(scope);
        let item = |arguments: &[&str], stdin: &str| {
            chancery(folder.path(), &[&["item"], arguments].concat(), stdin).succeeded()
        };
        item(&["set", "db.yaml", "user", "--cert", "cert.pem"], "\u{e9}\n");
        item(&["set", "db.yaml", "token", "--cert", "cert.pem"], "new");
        item(&["rename", "db.yaml", "pass", "password"], "");
        item(&["unset", "db.yaml", "gone"], "");
        let merged =
            "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\ndata: {binary: AAECAwD/}\n";
        let into = ["seal", "--into", "db.yaml", "--cert", "cert.pem"];
        chancery(folder.path(), &into, merged).succeeded();
        assert_eq!(
            opened_by_kubeseal(folder.path()),
            json!({"binary": "AAECAwD/", "password": "dHdv", "token": "bmV3", "user": "w6kK"}),
            "{scope}"
        );
    }
}

/// Runs `chancery` on a terminal of its own, answers each question with one of these lines, and returns what the
/// terminal showed.
fn on_a_terminal(folder: &Path, arguments: &str, answers: &[&str]) -> String {
    let command = format!(
        "tty; exec {} {arguments}",
        assert_cmd::cargo::cargo_bin!("chancery").display()
    );
    let mut session = Command::new("script")
        .args(["--quiet", "--echo", "always", "--command", &command, "/dev/null"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut keyboard = session.stdin.take().unwrap();
    let mut screen = session.stdout.take().unwrap();
    let mut shown = String::new();
    read_until(&mut screen, "\n", &mut shown);
    let terminal = shown.trim().to_owned();
    for answer in answers {
        read_until(&mut screen, "(not shown): ", &mut shown);
        // The question comes just before the terminal is told to show nothing.
        while has_echo(&terminal) {}
        keyboard.write_all(format!("{answer}\n").as_bytes()).unwrap();
    }
    screen.read_to_string(&mut shown).unwrap();
    session.wait().unwrap();
    shown
}

fn read_until(screen: &mut impl Read, end: &str, shown: &mut String) {
    let mut byte = [0];
    while !shown.ends_with(end) {
        let read = screen.read(&mut byte).unwrap();
        assert_eq!(read, 1, "no {end:?} in\n{shown}");
        shown.push(char::from(byte[0]));
    }
}

fn has_echo(terminal: &str) -> bool {
    let settings = Command::new("stty")
        .args(["--file", terminal, "--all"])
        .output()
        .unwrap();
    let settings = String::from_utf8(settings.stdout).unwrap();
    assert!(settings.contains("echo"), "{settings}");
    !settings.split([' ', '\n']).any(|setting| setting == "-echo")
}

#[test]
fn a_value_is_typed_twice_and_never_shown() {
    let folder = sealed_by_kubeseal("strict");
    let set = "item set db.yaml pass --cert cert.pem";
    let shown = on_a_terminal(folder.path(), set, &["tulip-hunter2", "tulip-hunter2"]);
    assert!(shown.contains("value of `pass` (not shown): "), "{shown}");
    assert!(shown.contains("replaced the item `pass`"), "{shown}");
    assert!(!shown.contains("tulip-hunter2"), "{shown}");
    // Without a line feed: it was the key that ended the typing.
    assert_eq!(opened_by_kubeseal(folder.path())["pass"], "dHVsaXAtaHVudGVyMg==");
}

#[test]
fn a_value_that_is_typed_differently_changes_nothing() {
    let folder = sealed_by_kubeseal("strict");
    let before = fs::read(folder.path().join("db.yaml")).unwrap();
    let set = "item set db.yaml pass --cert cert.pem";
    let shown = on_a_terminal(folder.path(), set, &["tulip-hunter2", "tulip-hunter3"]);
    assert!(
        shown.contains("the value of `pass` was not typed twice the same; nothing was changed"),
        "{shown}"
    );
    assert!(!shown.contains("tulip-hunter"), "{shown}");
    assert_eq!(fs::read(folder.path().join("db.yaml")).unwrap(), before);
}
