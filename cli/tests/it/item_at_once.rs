//! Several commands that change one file at once: what a command says it wrote is in the file.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use crate::sandbox::{CANARY, Sandbox, secret};
use crate::sealed_text::item;

const MANY: usize = 12;

/// A file with one item, and with a template that has the keys of all that will be set.
fn write_file(sandbox: &Sandbox) -> String {
    let old = item(sandbox, "strict", "shop/db", "old");
    let data: Vec<_> = (0..MANY).map(|n| format!("k{n}: ''")).collect();
    let text = format!(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: shop\nspec:\n  encryptedData:\n    old: {old}\n  template: {{data: {{{}}}}}\n",
        data.join(", ")
    );
    sandbox.write("d.yaml", &text)
}

/// The keys of the items in the file.
fn keys(sandbox: &Sandbox, file: &str) -> Vec<String> {
    let listed = sandbox.run(&["item", "list", file, "-o", "json"]).succeeded();
    let listed: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    let items = listed[0]["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["key"].as_str().unwrap().to_owned())
        .collect()
}

fn start(sandbox: &Sandbox, arguments: &[&str]) -> Child {
    Command::new(assert_cmd::cargo::cargo_bin!("chancery"))
        .args(arguments)
        .args(["--local", "store"])
        .current_dir(sandbox.path(""))
        .env_clear()
        .env("HOME", sandbox.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// An `item set` that has read the file, as its warning of the template shows, and waits for its value.
struct Waiting {
    child: Child,
    said: BufReader<std::process::ChildStderr>,
}

impl Waiting {
    fn to_set(sandbox: &Sandbox, key: &str, target: &[&str]) -> Self {
        let mut child = start(sandbox, &[&["item", "set", "d.yaml", key], target].concat());
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("`spec.template.data`") {
            line.clear();
            assert_ne!(said.read_line(&mut line).unwrap(), 0, "it ended without reading");
        }
        Self { child, said }
    }

    fn give_value(&mut self) {
        let mut stdin = self.child.stdin.take().unwrap();
        stdin.write_all(CANARY.as_bytes()).unwrap();
    }

    /// How it ended, and what it said.
    fn end(mut self) -> (i32, String) {
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code().unwrap(), said)
    }

    /// It wrote nothing, and said why.
    #[track_caller]
    fn lost(self) {
        let (code, said) = self.end();
        assert_eq!(code, 1, "{said}");
        for part in [
            "was changed by something else meanwhile",
            "hint: run the command again",
        ] {
            assert!(said.contains(part), "not said: {part:?} in\n{said}");
        }
        assert!(!said.contains(CANARY), "{said}");
    }
}

#[test]
fn of_many_that_read_the_same_file_one_writes_it_and_the_others_say_that_they_did_not() {
    let sandbox = Sandbox::with_store();
    let file = write_file(&sandbox);
    let mut all: Vec<_> = (0..MANY)
        .map(|n| Waiting::to_set(&sandbox, &format!("k{n}"), &[]))
        .collect();
    all.iter_mut().for_each(Waiting::give_value);
    let (won, lost): (Vec<_>, Vec<_>) = all
        .into_iter()
        .map(Waiting::end)
        .partition(|(code, _)| *code == 0);
    assert_eq!(won.len(), 1, "{won:?}");
    for (code, said) in lost {
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("was changed by something else meanwhile"), "{said}");
        assert!(said.contains("hint: run the command again"), "{said}");
    }
    assert_eq!(keys(&sandbox, &file).len(), 2);
    let mut files = sandbox.files("");
    files.retain(|name| !name.starts_with("store/"));
    assert_eq!(files, ["d.yaml"]);
}

#[test]
fn of_item_set_seal_into_and_reseal_at_once_each_that_ends_well_is_in_the_file() {
    let sandbox = Sandbox::with_store();
    let file = write_file(&sandbox);
    let more = ["keys", "generate", "--local", "store", "--bits", "2048"];
    sandbox.run(&more).succeeded();
    sandbox.write("secret.yaml", &secret("shop", "db"));
    let mut set: Vec<_> = (0..MANY)
        .map(|n| Waiting::to_set(&sandbox, &format!("k{n}"), &[]))
        .collect();
    let reseal = start(&sandbox, &["reseal", &file]);
    let into = start(&sandbox, &["seal", "--into", &file, "-f", "secret.yaml"]);
    set.iter_mut().for_each(Waiting::give_value);
    let set = set
        .into_iter()
        .map(Waiting::end)
        .filter(|(code, _)| *code == 0)
        .count();
    let [reseal, into] = [reseal, into].map(|child| child.wait_with_output().unwrap().status.success());

    let items = keys(&sandbox, &file);
    let has = |key: &str| items.iter().any(|item| item == key);
    assert!(has("old"));
    assert_eq!((0..MANY).filter(|n| has(&format!("k{n}"))).count(), set);
    assert_eq!(has("token"), into);
    let check = sandbox.run(&["reseal", &file, "--check", "--local", "store"]);
    assert_eq!(check.code, if reseal { 0 } else { 3 }, "{}", check.stderr);
}

#[test]
fn the_file_itself_as_the_target_is_not_written_over_either() {
    let sandbox = Sandbox::with_store();
    fs::create_dir(sandbox.path("sub")).unwrap();
    std::os::unix::fs::symlink("d.yaml", sandbox.path("link.yaml")).unwrap();
    for target in ["d.yaml", "./d.yaml", ".", "sub/../d.yaml", "link.yaml"] {
        write_file(&sandbox);
        let mut waiting = Waiting::to_set(&sandbox, "k0", &["-w", target]);
        sandbox.write("d.yaml", "theirs: 1\n");
        waiting.give_value();
        waiting.lost();
        assert_eq!(sandbox.read("d.yaml"), "theirs: 1\n", "{target}");
    }
}

#[test]
fn a_file_that_was_deleted_meanwhile_does_not_come_back() {
    let sandbox = Sandbox::with_store();
    for target in [&[][..], &["-w", "d.yaml"], &["-w", "."]] {
        write_file(&sandbox);
        let mut waiting = Waiting::to_set(&sandbox, "k0", target);
        fs::remove_file(sandbox.path("d.yaml")).unwrap();
        waiting.give_value();
        waiting.lost();
        assert!(!sandbox.path("d.yaml").exists(), "{target:?}");
    }
}

#[test]
fn what_a_killed_command_left_beside_the_file_is_removed_and_other_files_stay() {
    let sandbox = Sandbox::with_store();
    let file = write_file(&sandbox);
    let (own, of_another) = (".d.yaml.Ab3dE9.tmp", ".e.yaml.Ab3dE9.tmp");
    let target_own = "out/.d.yaml.Ab3dE9.tmp";
    for name in [own, of_another, target_own] {
        sandbox.write(name, "half");
    }
    for target in [&[][..], &["-w", "out/"]] {
        let set = [&["item", "set", &file, "k0", "--local", "store"], target].concat();
        sandbox.run_with(&set, CANARY).succeeded();
    }
    let left = [own, of_another, target_own].map(|name| sandbox.path(name).exists());
    assert_eq!(left, [false, true, false]);
}
