//! `chancery keys retire --local`, and what `keys list` says there.

use std::fs;

use serde_json::Value;

use crate::sandbox::{Sandbox, secret};

/// A store with an older and a newer key, and their names.
fn two_keys() -> (Sandbox, String, String) {
    let sandbox = Sandbox::new();
    let generate = || {
        let run = ["keys", "generate", "--local", "store", "--bits", "2048"];
        let line = sandbox.run(&run).succeeded().stdout;
        line.split_whitespace().next().unwrap().to_owned()
    };
    let (one, two) = (generate(), generate());
    // Certificates have whole seconds, so which of two is the newer is not told by which came first.
    let keys = list(&sandbox);
    let newest = keys[0]["name"].as_str().unwrap().to_owned();
    let older = if newest == one { two } else { one };
    (sandbox, older, newest)
}

fn list(sandbox: &Sandbox) -> Value {
    let run = sandbox
        .run(&["keys", "list", "--local", "store", "-o", "json"])
        .succeeded();
    serde_json::from_str(&run.stdout).unwrap()
}

fn state(sandbox: &Sandbox, name: &str) -> String {
    let keys = list(sandbox);
    let mut keys = keys.as_array().unwrap().iter();
    let key = keys.find(|key| key["name"] == name).unwrap();
    key["state"].as_str().unwrap().to_owned()
}

fn retire(sandbox: &Sandbox, key: &str) -> crate::sandbox::Run {
    sandbox.run(&["keys", "retire", key, "--local", "store"])
}

#[test]
fn a_folder_has_no_live_objects_and_says_so() {
    let (sandbox, older, newest) = two_keys();
    let run = sandbox.run(&["keys", "list", "--local", "store"]).succeeded();
    let line = |name: &str| -> Vec<String> {
        let mut lines = run.stdout.lines();
        let line = lines.find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().skip(5).map(str::to_owned).collect()
    };
    assert_eq!(line(&newest), ["-", "-", "no", "(newest)"]);
    // Nothing is known of what needs it, which is no yes.
    assert_eq!(line(&older), ["-", "-", "-"]);
    let look = "a folder has no live SealedSecrets; `chancery reseal --check PATH --local store` tells";
    assert!(run.stderr.contains(look), "{}", run.stderr);
    let keys = list(&sandbox);
    assert_eq!(
        (&keys[0]["objects"], &keys[0]["retirable"]),
        (&Value::Null, &Value::from(false))
    );
    assert!(keys[0]["reason"].as_str().unwrap().contains("newest"));
    assert_eq!(keys[1]["retirable"], Value::from(false));
    let reason = keys[1]["reason"].as_str().unwrap();
    assert!(reason.starts_with(look), "{reason}");
}

#[test]
fn a_retired_key_is_kept_and_opens_nothing_and_can_be_taken_back() {
    let (sandbox, older, _) = two_keys();
    let certificate = format!("store/keys/{older}.yaml");
    sandbox
        .run_with(
            &["seal", "--cert", &certificate, "-w", "sealed.yaml"],
            &secret("shop", "db"),
        )
        .succeeded();
    let before = sandbox.read(&certificate);
    let run = retire(&sandbox, &older).succeeded();
    assert!(
        run.stdout.starts_with(&format!("retired {older}")),
        "{}",
        run.stdout
    );
    assert_eq!(state(&sandbox, &older), "retired");
    let archive = format!("{older}-archived");
    assert_eq!(state(&sandbox, &archive), "archived");
    let kept = sandbox.read(&format!("store/keys/{archive}.yaml"));
    let private = |text: &str| {
        text.lines()
            .find(|line| line.contains("tls.key"))
            .unwrap()
            .to_owned()
    };
    assert_eq!(private(&kept), private(&before));
    assert!(kept.contains("immutable: true"), "{kept}");
    sandbox
        .run(&["unseal", "sealed.yaml", "--local", "store"])
        .failed(1, &["token"]);

    let retired = sandbox.read(&certificate);
    sandbox.write(&certificate, &retired.replace("key: retired", "key: active"));
    sandbox
        .run(&["unseal", "sealed.yaml", "--local", "store"])
        .succeeded();
    // The copy of before is found and used.
    retire(&sandbox, &older).succeeded();
    assert_eq!(state(&sandbox, &older), "retired");
}

#[cfg(unix)]
#[test]
fn the_files_of_keys_stay_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let (sandbox, older, _) = two_keys();
    retire(&sandbox, &older).succeeded();
    for file in sandbox.files("store/keys") {
        let about = fs::metadata(sandbox.path(&format!("store/keys/{file}"))).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, 0o600, "{file}");
    }
}

#[test]
fn a_key_that_is_retired_is_out_of_use_already() {
    let (sandbox, older, newest) = two_keys();
    retire(&sandbox, &older).succeeded();
    let files = sandbox.files("store/keys");
    let run = retire(&sandbox, &older).succeeded();
    assert!(run.stderr.contains("is out of use already"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    assert_eq!(sandbox.files("store/keys"), files);
    retire(&sandbox, &newest).failed(1, &["it is the newest", "hint: `chancery keys rotate`"]);
}

#[test]
fn a_key_is_meant_by_the_start_of_its_fingerprint() {
    let (sandbox, older, newest) = two_keys();
    let keys = list(&sandbox);
    let fingerprint = keys[1]["fingerprint"].as_str().unwrap();
    retire(&sandbox, "SHA256:").failed(1, &["no key has the fingerprint or the name"]);
    retire(&sandbox, &fingerprint[..20]).succeeded();
    assert_eq!(state(&sandbox, &older), "retired");
    assert_eq!(state(&sandbox, &newest), "active");
}

#[test]
fn an_archive_whose_name_another_key_has_gets_a_name_of_its_own() {
    let (sandbox, older, newest) = two_keys();
    let other = sandbox.read(&format!("store/keys/{newest}.yaml"));
    let archive = format!("store/keys/{older}-archived.yaml");
    let other = other.replace(&newest, &format!("{older}-archived"));
    sandbox.write(&archive, &other);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(sandbox.path(&archive), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let said = retire(&sandbox, &older).succeeded().stdout;
    assert!(said.contains(&format!("kept as {older}-archived-")), "{said}");
    assert_eq!(sandbox.read(&archive), other);
    assert_eq!(state(&sandbox, &older), "retired");
}

#[test]
fn what_only_a_cluster_has_cannot_be_asked_of_a_folder() {
    let (sandbox, older, _) = two_keys();
    sandbox
        .run(&["keys", "list", "--needing", &older, "--local", "store"])
        .failed(2, &["--needing"]);
}
