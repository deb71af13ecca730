//! `chancery keys backup` and `restore`, with a local store.

use std::fs;

use crate::sandbox::{CANARY, Sandbox, secret};

/// A pair as `age-keygen` of the age project printed it.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// A store with two keys, and a Secret sealed for each.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_store();
    for name in ["one", "two"] {
        let file = format!("{name}.yaml");
        sandbox
            .run_with(&["seal", "--local", "store", "-w", &file], &secret("shop", name))
            .succeeded();
        sandbox
            .run(&["keys", "generate", "--local", "store", "--bits", "2048"])
            .succeeded();
    }
    sandbox.write("pass", "correct horse battery\n");
    sandbox
}

const BACKUP: [&str; 8] = [
    "keys",
    "backup",
    "--local",
    "store",
    "--passphrase-file",
    "pass",
    "-w",
    "keys.age",
];

fn restore(sandbox: &Sandbox, more: &[&str]) -> crate::sandbox::Run {
    let restore = ["keys", "restore", "keys.age", "--local", "again"];
    sandbox.run(&[restore.as_slice(), more].concat())
}

#[test]
fn everything_opens_from_a_store_that_was_restored_from_a_backup() {
    let sandbox = sandbox();
    sandbox.run(&BACKUP).succeeded();
    let text = sandbox.read("keys.age");
    assert!(text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"), "{text}");
    fs::remove_dir_all(sandbox.path("store")).unwrap();
    let table = restore(&sandbox, &["--passphrase-file", "pass"])
        .succeeded()
        .stdout;
    assert_eq!(table.matches("created").count(), 3, "{table}");
    let opened = sandbox
        .run(&["unseal", "one.yaml", "two.yaml", "--local", "again"])
        .succeeded();
    assert_eq!(opened.stdout.matches("kind: Secret").count(), 2);
    let table = restore(&sandbox, &["--passphrase-file", "pass"])
        .succeeded()
        .stdout;
    assert_eq!(table.matches("is there").count(), 3, "{table}");
}

#[test]
fn a_dry_run_makes_nothing() {
    let sandbox = sandbox();
    sandbox.run(&BACKUP).succeeded();
    let run = sandbox
        .run(&[
            "keys",
            "restore",
            "keys.age",
            "--local",
            "store",
            "--passphrase-file",
            "pass",
            "--dry-run",
        ])
        .succeeded();
    assert_eq!(run.stdout.matches("is there").count(), 3, "{}", run.stdout);
    // A folder that is yet to be made counts as an empty one.
    let run = restore(&sandbox, &["--passphrase-file", "pass", "--dry-run"]).succeeded();
    assert_eq!(
        run.stdout.matches("would be created").count(),
        3,
        "{}",
        run.stdout
    );
    assert!(!sandbox.path("again").exists());
    sandbox.write("full/file", "of something else");
    sandbox
        .run(&[
            "keys",
            "restore",
            "keys.age",
            "--local",
            "full",
            "--passphrase-file",
            "pass",
            "--dry-run",
        ])
        .failed(1, &["`full` is no local store"]);
}

#[cfg(unix)]
#[test]
fn a_backup_is_its_owners_alone_and_holds_no_key_in_the_clear() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = sandbox();
    let run = sandbox.run(&BACKUP).succeeded();
    assert_eq!(run.stdout, "");
    let mode = fs::metadata(sandbox.path("keys.age"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = sandbox.read("keys.age");
    assert!(
        !text.contains("PRIVATE KEY") && !text.contains("tls.key"),
        "{text}"
    );
}

#[test]
fn a_backup_that_is_there_is_replaced_only_when_told() {
    let sandbox = sandbox();
    sandbox.write("keys.age", "the only copy");
    sandbox
        .run(&BACKUP)
        .failed(1, &["`keys.age` exists already", "--force"]);
    assert_eq!(sandbox.read("keys.age"), "the only copy");
    sandbox
        .run(&[BACKUP.as_slice(), &["--force"]].concat())
        .succeeded();
    assert!(sandbox.read("keys.age").starts_with("-----BEGIN AGE"));
}

#[test]
fn a_key_whose_certificate_is_damaged_is_in_the_backup_all_the_same_and_said() {
    let sandbox = sandbox();
    let file = format!("store/keys/{}", sandbox.files("store/keys")[0]);
    let text = sandbox.read(&file);
    let damaged: Vec<&str> = text.lines().filter(|line| !line.contains("tls.crt")).collect();
    sandbox.write(
        &file,
        &format!(
            "{}\n",
            damaged.join("\n").replace("data:", "data:\n  tls.crt: AAAA")
        ),
    );
    private(&sandbox, &file);
    let run = sandbox.run(&BACKUP);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(
        run.stderr.contains("1 active keys can't be used as they are"),
        "{}",
        run.stderr
    );
    let table = restore(&sandbox, &["--passphrase-file", "pass"]);
    assert!(
        table.stderr.contains("1 keys of `keys.age` could not be read"),
        "{}",
        table.stderr
    );
}

#[cfg(unix)]
fn private(sandbox: &Sandbox, file: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(sandbox.path(file), fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn what_a_backup_is_encrypted_with_decides_what_opens_it() {
    let sandbox = sandbox();
    let backup = [
        "keys", "backup", "--local", "store", "-r", RECIPIENT, "-w", "keys.age",
    ];
    let run = sandbox.run(&backup).succeeded();
    assert!(run.stderr.contains("--dry-run"), "{}", run.stderr);
    // Whoever has no identity is not asked for a passphrase that there is none of.
    for named in [&["--passphrase-file", "pass"][..], &[]] {
        restore(&sandbox, named).failed(
            1,
            &[
                "cannot open the backup `keys.age`",
                "it is for age recipients",
                "hint: name an identity with --identity FILE",
            ],
        );
    }
    sandbox.write("identity", &format!("{CANARY}\n"));
    restore(&sandbox, &["--identity", "identity"]).failed(1, &["`identity`", "line 1"]);
    sandbox
        .run(&[BACKUP.as_slice(), &["--force"]].concat())
        .succeeded();
    restore(&sandbox, &["--identity", "identity"]).failed(
        1,
        &[
            "cannot open the backup `keys.age`",
            "it is encrypted with a passphrase",
            "hint: leave --identity out",
        ],
    );
    assert!(!sandbox.path("again").exists());
}

#[test]
fn a_wrong_passphrase_is_named_as_such() {
    let sandbox = sandbox();
    sandbox.run(&BACKUP).succeeded();
    sandbox.write("other", CANARY);
    restore(&sandbox, &["--passphrase-file", "other"]).failed(
        1,
        &[
            "cannot open the backup `keys.age`",
            "the passphrase does not open it",
            "check the identity",
        ],
    );
}

#[test]
fn a_backup_that_was_cut_short_restores_nothing() {
    let sandbox = sandbox();
    sandbox.run(&BACKUP).succeeded();
    let text = sandbox.read("keys.age");
    sandbox.write("keys.age", &text[..text.len() / 2]);
    restore(&sandbox, &["--passphrase-file", "pass"]).failed(1, &["cannot open the backup `keys.age`"]);
    assert!(!sandbox.path("again").exists());
}

#[test]
fn what_is_wrong_with_recipients_and_passphrases_is_said_without_showing_them() {
    let sandbox = sandbox();
    let backup = |more: &[&str]| {
        let start = ["keys", "backup", "--local", "store", "-w", "keys.age"];
        sandbox.run(&[start.as_slice(), more].concat())
    };
    backup(&["-r", "ssh-ed25519 AAAA"]).failed(2, &["an age recipient begins with `age1`"]);
    backup(&["--passphrase-file", "absent"]).failed(1, &["cannot read the passphrase from `absent`"]);
    sandbox.write("empty", "\n");
    backup(&["--passphrase-file", "empty"]).failed(1, &["its first line is empty"]);
    backup(&[]).failed(1, &["there is no terminal", "--recipient age1"]);
    backup(&["--recipients-file", "pass"]).failed(1, &["line 1:"]);
    assert!(!sandbox.path("keys.age").exists());
}

#[test]
fn key_secrets_in_the_clear_are_restored_too() {
    let sandbox = sandbox();
    let mut all = String::new();
    for file in sandbox.files("store/keys") {
        all.push_str(&sandbox.read(&format!("store/keys/{file}")));
        all.push_str("---\n");
    }
    sandbox.write("keys.age", &all);
    let run = restore(&sandbox, &["--passphrase-file", "pass"]).succeeded();
    assert!(run.stderr.contains("is not encrypted"), "{}", run.stderr);
    assert_eq!(run.stdout.matches("created").count(), 3, "{}", run.stdout);
}
