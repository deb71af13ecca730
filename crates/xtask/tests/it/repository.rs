use std::collections::BTreeMap;
use std::fmt::Display;

use xtask::{crds, layers, repository, tidy};

fn assert_none(found: &[impl Display]) {
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{} to mend:\n{}", found.len(), found.join("\n"));
}

#[test]
fn packages_depend_on_each_other_as_designed() {
    assert_none(&layers::violations(
        &repository::metadata(repository::root()).unwrap(),
    ));
}

#[test]
fn files_and_folders_are_tidy() {
    let files = repository::files(repository::root()).unwrap();
    assert!(
        files
            .iter()
            .any(|file| file.path == "crates/xtask/tests/it/repository.rs")
    );
    assert_none(&tidy::violations(&files));
}

#[test]
fn the_manifests_are_what_the_types_say() {
    let generated: BTreeMap<String, String> = api::crds::all()
        .iter()
        .map(|crd| {
            (
                api::crds::file_name(crd),
                manifests::yaml::to_string(crd).unwrap(),
            )
        })
        .collect();
    assert_none(&crds::violations(&repository::root().join("crds"), &generated).unwrap());
}
