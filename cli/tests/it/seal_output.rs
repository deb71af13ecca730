//! `chancery seal -w`: where the documents go, and that files are replaced whole or not at all.

use std::fs;

use crate::sandbox::{Sandbox, secret};

fn seal<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [["seal", "--local", "store"].as_slice(), more].concat()
}

#[test]
fn a_folder_is_mirrored_into_another() {
    let sandbox = Sandbox::with_store();
    sandbox.write(
        "plain/db.yaml",
        &format!("{}---\n{}", secret("shop", "a"), secret("shop", "b")),
    );
    sandbox.write("plain/team/mail.yml", &secret("team", "mail"));
    sandbox.write("plain/.git/config.yaml", "not: ours");
    sandbox.run(&seal(&["-f", "plain", "-w", "sealed/"])).succeeded();
    assert_eq!(sandbox.files("sealed"), ["db.yaml", "team/mail.yml"]);
    assert_eq!(
        sandbox
            .read("sealed/db.yaml")
            .matches("kind: SealedSecret")
            .count(),
        2
    );
}

#[test]
fn documents_from_standard_input_become_files_of_their_names() {
    let sandbox = Sandbox::with_store();
    fs::create_dir(sandbox.path("sealed")).unwrap();
    let text = format!("{}---\n{}", secret("shop", "a"), secret("shop", "b"));
    sandbox.run_with(&seal(&["-w", "sealed"]), &text).succeeded();
    assert_eq!(sandbox.files("sealed"), ["a.yaml", "b.yaml"]);
}

#[test]
fn two_documents_of_one_name_do_not_overwrite_each_other() {
    let sandbox = Sandbox::with_store();
    let text = format!("{}---\n{}", secret("shop", "db"), secret("team", "db"));
    sandbox.run_with(&seal(&["-w", "sealed/"]), &text).failed(
        1,
        &["two documents (`db` of <stdin> and `db` of <stdin>)", "hint: "],
    );
    assert!(!sandbox.path("sealed").exists());
}

#[test]
fn a_name_cannot_lead_out_of_the_folder() {
    let sandbox = Sandbox::with_store();
    sandbox
        .run_with(&seal(&["-w", "sealed/"]), &secret("shop", "../../escaped"))
        .failed(1, &["\"../../escaped\" cannot be used as a file name"]);
}

#[test]
fn the_ending_of_the_file_decides_the_format() {
    let sandbox = Sandbox::with_store();
    sandbox
        .run_with(&seal(&["-w", "db.json"]), &secret("shop", "db"))
        .succeeded();
    assert!(serde_json::from_str::<serde_json::Value>(&sandbox.read("db.json")).is_ok());
    sandbox
        .run_with(&seal(&["-o", "yaml", "-w", "db.json"]), &secret("shop", "db"))
        .failed(2, &["`-o yaml` contradicts the ending of `db.json`"]);
}

#[test]
fn one_bad_document_leaves_every_file_as_it_was() {
    let sandbox = Sandbox::with_store();
    sandbox.write("plain/a.yaml", &secret("shop", "a"));
    sandbox.write("plain/b.yaml", "kind: ConfigMap\napiVersion: v1\n");
    sandbox.write("sealed/a.yaml", "old");
    sandbox
        .run(&seal(&["-f", "plain", "-w", "sealed"]))
        .failed(1, &["plain/b.yaml, document 1 (line 1)"]);
    assert_eq!(sandbox.files("sealed"), ["a.yaml"]);
    assert_eq!(sandbox.read("sealed/a.yaml"), "old");
}

#[test]
fn a_file_that_cannot_be_written_leaves_the_others_as_they_were() {
    let sandbox = Sandbox::with_store();
    sandbox.write("plain/a.yaml", &secret("shop", "a"));
    sandbox.write("plain/b.yaml", &secret("shop", "b"));
    sandbox.write("sealed/a.yaml", "old");
    fs::create_dir_all(sandbox.path("sealed/b.yaml")).unwrap();
    sandbox
        .run(&seal(&["-f", "plain", "-w", "sealed"]))
        .failed(1, &["cannot write `sealed/b.yaml`: it is a folder"]);
    assert_eq!(sandbox.files("sealed"), ["a.yaml"]);
    assert_eq!(sandbox.read("sealed/a.yaml"), "old");
}

#[test]
fn a_file_can_be_sealed_in_place() {
    let sandbox = Sandbox::with_store();
    sandbox.write("db.yaml", &secret("shop", "db"));
    sandbox
        .run(&seal(&["-f", "db.yaml", "-w", "db.yaml"]))
        .succeeded();
    assert!(sandbox.read("db.yaml").contains("kind: SealedSecret"));
    // A second time there is nothing to seal, and that changes nothing.
    let sealed = sandbox.read("db.yaml");
    sandbox
        .run(&seal(&["-f", "db.yaml", "-w", "db.yaml"]))
        .failed(1, &["is sealed already"]);
    assert_eq!(sandbox.read("db.yaml"), sealed);
}

#[cfg(unix)]
#[test]
fn a_replaced_file_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::with_store();
    sandbox.write("sealed.yaml", "old");
    fs::set_permissions(sandbox.path("sealed.yaml"), fs::Permissions::from_mode(0o664)).unwrap();
    sandbox
        .run_with(&seal(&["-w", "sealed.yaml"]), &secret("shop", "db"))
        .succeeded();
    assert_eq!(
        fs::metadata(sandbox.path("sealed.yaml"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o664
    );
}
