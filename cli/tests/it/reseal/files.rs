//! What happens to the files themselves.

#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use super::repository::{RESEAL, Repository};

/// The file that the first kind of the repository makes.
const FIRST: &str = "apps/team-00/app-0000/sealed.yaml";

/// Someone whom permissions bind: whoever runs the tests, or, as they don't bind root, nobody.
const NOBODY: u32 = 65_534;

/// Runs the command as a user who is not root.
fn reseal_without_root(repository: &Repository) -> (i32, String) {
    let sandbox = repository.root().parent().unwrap().to_owned();
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("chancery"));
    command.args(RESEAL).current_dir(&sandbox);
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        let all = repository.sandbox.files(".").into_iter();
        for file in all {
            for path in sandbox
                .join(file)
                .ancestors()
                .take_while(|path| path.starts_with(&sandbox))
            {
                chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_link_is_followed_and_stays_and_the_mode_is_kept() {
    let repository = Repository::of(1);
    let (real, link) = (
        repository.root().join("outside.txt"),
        repository.root().join(FIRST),
    );
    fs::rename(&link, &real).unwrap();
    symlink(&real, &link).unwrap();
    fs::set_permissions(&real, Permissions::from_mode(0o640)).unwrap();
    repository.reseal(&[]).succeeded();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&real).unwrap().mode() & 0o777, 0o640);
    repository.is_done();
}

#[test]
fn the_owner_of_a_file_is_kept_when_root_replaces_it() {
    let repository = Repository::of(1);
    let path = repository.root().join(FIRST);
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        chown(&path, Some(1234), Some(4321)).unwrap();
    }
    let owner = |about: fs::Metadata| (about.uid(), about.gid());
    let before = owner(fs::metadata(&path).unwrap());
    repository.reseal(&[]).succeeded();
    assert_eq!(owner(fs::metadata(&path).unwrap()), before);
    repository.is_done();
}

#[test]
fn files_that_cannot_be_read_or_replaced_fail_alone() {
    let repository = Repository::of(21);
    let root = repository.root();
    let unreadable = root.join(FIRST);
    fs::set_permissions(&unreadable, Permissions::from_mode(0o000)).unwrap();
    let read_only = root.join("apps/team-03/app-0003");
    fs::set_permissions(&read_only, Permissions::from_mode(0o555)).unwrap();
    let (code, said) = reseal_without_root(&repository);
    fs::set_permissions(&unreadable, Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(&read_only, Permissions::from_mode(0o755)).unwrap();
    assert_eq!(code, 1, "{said}");
    assert!(said.contains(&format!("cannot read `tree/{FIRST}`")), "{said}");
    assert!(
        said.contains("sealed.json`") && said.contains("Permission denied"),
        "{said}"
    );
    for file in [FIRST, "apps/team-03/app-0003/sealed.json"] {
        assert_eq!(fs::read(root.join(file)).unwrap(), repository.old[file], "{file}");
    }
    // All others were done; those two are now.
    let again = repository.reseal(&[]).succeeded();
    assert!(
        again.stdout.contains("re-sealed 5 items in 2 files"),
        "{}",
        again.stdout
    );
    repository.is_done();
}

#[test]
fn what_a_killed_run_left_beside_a_file_is_removed_and_other_files_stay() {
    let repository = Repository::of(1);
    let folder = repository.root().join("apps/team-00/app-0000");
    fs::write(folder.join(".sealed.yaml.Ab3dE9.tmp"), "half").unwrap();
    fs::write(folder.join(".other.yaml.Ab3dE9.tmp"), "theirs").unwrap();
    fs::write(folder.join(".sealed.yaml.swp"), "theirs").unwrap();
    repository.reseal(&["--dry-run"]).succeeded();
    assert_eq!(repository.temporaries().len(), 2);
    repository.reseal(&[]).succeeded();
    assert_eq!(
        repository.sandbox.files("tree/apps/team-00/app-0000"),
        [".other.yaml.Ab3dE9.tmp", ".sealed.yaml.swp", "sealed.yaml"]
    );
}

#[test]
fn a_name_as_long_as_a_name_can_be_is_no_obstacle() {
    let repository = Repository::of(1);
    let long = repository.root().join(format!("{}.yaml", "n".repeat(250)));
    fs::rename(repository.root().join(FIRST), &long).unwrap();
    repository.reseal(&[]).succeeded();
    assert_ne!(fs::read(&long).unwrap(), repository.old[FIRST]);
}
