//! Ctrl-C and SIGTERM.

#![cfg(unix)]

use std::fs;
use std::process::{Command, Stdio};

use testkit::sealed_tree::SealedFile;

use super::repository::{RESEAL, Repository, Side};

fn interrupted_with(signal: &str) {
    let repository = Repository::of(400);
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("chancery"))
        .args(RESEAL)
        .current_dir(repository.root().parent().unwrap())
        .stdout(Stdio::null())
        .stderr(fs::File::create(repository.sandbox.path("said")).unwrap())
        .spawn()
        .unwrap();
    let has_begun = || {
        let is_new = |file: &SealedFile| {
            fs::read(repository.root().join(&file.path)).unwrap() != repository.old[&file.path]
        };
        repository.files.iter().take(20).any(is_new)
    };
    // It is at work.
    while !has_begun() {
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended and changed nothing"
        );
    }
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-s", signal, &pid])
            .status()
            .unwrap()
            .success()
    );
    let status = child.wait().unwrap();
    let said = repository.sandbox.read("said");
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(
        said.contains("warning: stopping after the files in hand"),
        "{said}"
    );
    assert!(said.contains("error: stopped before all of "), "{said}");
    assert!(
        said.contains("run the command again, and it goes on with the rest"),
        "{said}"
    );

    let mut new = 0;
    for file in &repository.files {
        let bytes = fs::read(repository.root().join(&file.path)).unwrap();
        new += usize::from(repository.side(file, &bytes) == Side::New);
    }
    assert!(
        said.contains(&format!("{new} files replaced")),
        "{new} are new: {said}"
    );
    assert_eq!(repository.temporaries(), Vec::<String>::new());
    repository.reseal(&[]).succeeded();
    repository.is_done();
}

#[test]
fn a_run_that_is_asked_to_stop_ends_with_whole_files_and_the_next_goes_on() {
    interrupted_with("INT");
    interrupted_with("TERM");
}
