//! What the command says.

use serde_json::{Value, json};

use super::repository::Repository;
use crate::sandbox::Sandbox;

#[test]
fn each_item_is_told_with_its_file_line_and_both_keys() {
    let repository = Repository::of(1);
    let run = repository.reseal(&[]).succeeded();
    assert_eq!(run.stderr, "", "no progress where no terminal is");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 4, "{}", run.stdout);
    let (place, keys) = lines[0].split_once(": ").unwrap();
    assert_eq!(place, "tree/apps/team-00/app-0000/sealed.yaml:16");
    assert!(keys.starts_with("shop/comments-0 password: SHA256:"), "{keys}");
    assert!(keys.ends_with(&format!(" -> {}", repository.new_hint)), "{keys}");
    assert_eq!(
        lines[3],
        format!("re-sealed 3 items in 1 file to {}", repository.new_hint)
    );
}

#[test]
fn the_report_for_programs_has_every_file_object_and_item() {
    // The sixteenth kind is half done, the twelfth a template of Helm.
    let repository = Repository::of(17);
    let run = repository.reseal(&["-o", "json", "--dry-run"]).succeeded();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["mode"], "dry-run");
    assert_eq!(report["newest"], repository.new_hint.as_str());
    let file = |path: &str| {
        let files = report["files"].as_array().unwrap();
        files
            .iter()
            .find(|file| file["path"] == path)
            .unwrap_or_else(|| panic!("no {path} in {report:#}"))
    };
    let half = file("tree/apps/team-16/app-0016/half.yaml");
    let object = &half["objects"][0];
    assert_eq!(
        (
            &object["document"],
            &object["line"],
            &object["namespace"],
            &object["name"]
        ),
        (&json!(1), &json!(1), &json!("shop"), &json!("half-16"))
    );
    let to = |item: usize| object["items"][item]["to"].clone();
    assert_eq!([to(0), to(1)], [Value::Null, json!(repository.new_hint)]);
    assert_eq!(object["items"][0]["from"], repository.new_hint.as_str());
    assert_eq!(object["items"][1]["line"], 9);
    let helm = file("tree/charts/chart-000/templates/sealed.yaml");
    assert!(helm["leftAlone"].as_str().unwrap().contains("Helm"), "{helm}");
    assert_eq!(
        file("tree/apps/team-05/app-0005/list.yaml")["objects"][1]["listItem"],
        3
    );
    assert_eq!(report["summary"]["leftAlone"], 2);
    assert_eq!(report["summary"]["currentItems"], 1);
}

#[test]
fn a_folder_without_a_sealed_secret_is_no_failure_and_one_that_is_not_there_is() {
    let sandbox = Sandbox::with_store();
    sandbox.write("tree/a.yaml", "kind: ConfigMap\n");
    let run = sandbox.run(&["reseal", "tree", "--local", "store"]).succeeded();
    assert_eq!(run.stdout, "no SealedSecret was found\n");
    sandbox
        .run(&["reseal", "gone", "--local", "store"])
        .failed(1, &["cannot open `gone`"]);
    sandbox
        .run(&["reseal", "--local", "store"])
        .failed(2, &["<PATH>"]);
    sandbox
        .run(&["reseal", "tree", "--local", "store", "--check", "--dry-run"])
        .failed(2, &["--check", "--dry-run"]);
}
