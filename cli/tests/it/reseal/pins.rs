//! A newest key that `.chancery.yaml` doesn't pin.

use super::repository::Repository;

/// The repository, and a configuration that pins this key for `production`.
fn pinned(pin: &str, files: usize) -> Repository {
    let repository = Repository::of(files);
    repository.sandbox.write(
        ".chancery.yaml",
        &format!(
            "apiVersion: chancery.dev/v1alpha1\nkind: Config\nclusters:\n- {{name: production, certificate: x.pem, \
             fingerprints: ['{pin}']}}\n- {{name: staging, certificate: x.pem}}\ndefaults: {{clusters: [production]}}\n"
        ),
    );
    repository
}

const OTHER: &str = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[test]
fn is_refused_in_every_mode_and_once_for_its_cluster() {
    let repository = pinned(OTHER, 4);
    for mode in [&[][..], &["--check"], &["--dry-run"]] {
        let run = repository.reseal(mode);
        assert_eq!(run.code, 1, "{mode:?}: {}{}", run.stdout, run.stderr);
        assert_eq!(
            run.stderr.matches("doesn't pin").count(),
            1,
            "{mode:?}: {}",
            run.stderr
        );
        assert_eq!(run.stderr.matches("hint:").count(), 1, "{mode:?}: {}", run.stderr);
        for said in ["`production`", &repository.new_hint, "objects in 4 files"] {
            assert!(run.stderr.contains(said), "{mode:?}: {said}: {}", run.stderr);
        }
    }
    let run = repository.reseal(&[]);
    assert!(run.stdout.starts_with("re-sealed nothing, "), "{}", run.stdout);
    let run = repository.reseal(&["--check"]);
    assert!(
        run.stdout.starts_with("nothing could be checked, "),
        "{}",
        run.stdout
    );
}

#[test]
fn is_refused_for_the_cluster_that_was_picked_though_no_rule_names_it() {
    let repository = pinned(OTHER, 1);
    let text = repository.sandbox.read(".chancery.yaml");
    let text = text.split("defaults:").next().unwrap();
    repository.sandbox.write(".chancery.yaml", text);
    let code = |arguments: &[&str]| repository.reseal(arguments).code;
    assert_eq!(code(&["--check"]), 3);
    assert_eq!(code(&["--check", "--cluster", "production"]), 1);
    assert_eq!(code(&["--check", "--cluster", "staging"]), 3);
}

#[test]
fn that_is_pinned_is_taken() {
    let repository = pinned(OTHER, 1);
    let text = repository.sandbox.read(".chancery.yaml");
    let text = text.replace(OTHER, &repository.new_hint);
    repository.sandbox.write(".chancery.yaml", &text);
    assert_eq!(repository.reseal(&["--check"]).code, 3);
    repository.reseal(&[]).succeeded();
}
