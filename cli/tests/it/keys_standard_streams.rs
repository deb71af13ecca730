//! `-` as a file name: standard output of `cert` and `keys backup`, standard input of `keys restore`.

use crate::sandbox::Sandbox;

const BACKUP: [&str; 6] = ["keys", "backup", "--local", "store", "--passphrase-file", "pass"];
const RESTORE: [&str; 5] = ["keys", "restore", "-", "--local", "again"];

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_store();
    sandbox.write("pass", "correct horse battery\n");
    sandbox
}

#[test]
fn a_certificate_goes_to_standard_output() {
    let sandbox = sandbox();
    let printed = sandbox.run(&["cert", "--local", "store"]).succeeded().stdout;
    let run = sandbox.run(&["cert", "--local", "store", "-w", "-"]).succeeded();
    assert_eq!(run.stdout, printed);
    assert!(!run.stderr.contains("wrote"), "{}", run.stderr);
    assert!(!sandbox.path("-").exists());
}

#[test]
fn a_backup_goes_through_a_pipe_and_comes_back() {
    let sandbox = sandbox();
    let backup = sandbox
        .run(&[&BACKUP[..], &["-w", "-"]].concat())
        .succeeded()
        .stdout;
    assert!(
        backup.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"),
        "{backup}"
    );
    assert!(!sandbox.path("-").exists());
    let run = sandbox
        .run_with(&[&RESTORE[..], &["--passphrase-file", "pass"]].concat(), &backup)
        .succeeded();
    assert_eq!(run.stdout.matches("created").count(), 1, "{}", run.stdout);
}

#[test]
fn standard_input_is_not_both_the_backup_and_its_passphrase() {
    let sandbox = sandbox();
    sandbox
        .run_with(
            &[&RESTORE[..], &["--passphrase-file", "-"]].concat(),
            "correct horse battery\n",
        )
        .failed(2, &["standard input", "--passphrase-file"]);
    assert!(!sandbox.path("again").exists());
}
