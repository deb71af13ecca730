//! A whole repository at once.

use super::repository::{Repository, Side, identities};

#[test]
fn of_two_thousand_files_only_ciphertexts_change_and_a_second_run_changes_nothing() {
    let repository = Repository::of(2000);
    let run = repository.reseal(&[]).succeeded();
    repository.is_done();
    let items = repository.old_items();
    assert!(
        run.stdout.contains(&format!("re-sealed {items} items in ")),
        "{}",
        run.stdout.lines().last().unwrap_or_default()
    );
    let left_alone = repository.files.iter().filter(|file| file.left_alone).count();
    assert_eq!(run.stderr.matches("left alone").count(), left_alone);
    for (path, bytes) in repository.read() {
        if !repository.files.iter().any(|file| file.path == path) {
            assert_eq!(bytes, repository.old[&path], "{path}");
        }
    }

    let paths = || repository.old.keys().cloned();
    let (before, seen) = (repository.read(), identities(&repository.root(), paths()));
    let again = repository.reseal(&[]).succeeded();
    assert!(again.stdout.starts_with("nothing to re-seal"), "{}", again.stdout);
    assert!(repository.read() == before, "a second run changed a file");
    assert_eq!(identities(&repository.root(), paths()), seen);
    assert_eq!(repository.temporaries(), Vec::<String>::new());
}

#[test]
fn a_dry_run_and_a_check_write_nothing_and_say_what_a_run_would_do() {
    let repository = Repository::of(40);
    let items = repository.old_items();
    let dry = repository.reseal(&["--dry-run"]).succeeded();
    assert!(
        dry.stdout.contains(&format!("would re-seal {items} items in ")),
        "{}",
        dry.stdout
    );
    let check = repository.reseal(&["--check"]);
    assert_eq!(check.code, 3, "{}", check.stderr);
    assert!(
        check.stdout.contains(&format!("{items} items in ")),
        "{}",
        check.stdout
    );
    assert!(
        check.stdout.contains("are not on the newest key"),
        "{}",
        check.stdout
    );
    for file in &repository.files {
        let bytes = std::fs::read(repository.root().join(&file.path)).unwrap();
        assert_eq!(repository.side(file, &bytes), Side::Old);
    }

    let real = repository.reseal(&[]).succeeded();
    let items = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.contains(" -> "));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(items(&real.stdout), items(&dry.stdout));
    assert_eq!(items(&real.stdout), items(&check.stdout));
    let done = repository.reseal(&["--check"]).succeeded();
    assert!(
        done.stdout
            .starts_with("everything that opens is on the newest key"),
        "{}",
        done.stdout
    );
}
