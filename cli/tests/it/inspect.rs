//! `chancery inspect`.

use serde_json::{Value, json};

use crate::sandbox::{CANARY, Run, Sandbox};

/// A sandbox with `store` and, sealed for it, `db.yaml`.
fn sealed() -> Sandbox {
    let sandbox = Sandbox::with_store();
    let secret = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\n  labels: {{app: shop}}\n  annotations: {{team: red}}\ntype: example.org/login\nimmutable: true\nstringData:\n  token: {CANARY}\n  empty: \"\"\n"
    );
    let arguments = ["seal", "--local", "store", "-w", "db.yaml"];
    sandbox.run_with(&arguments, &secret).succeeded();
    sandbox
}

fn fingerprint(sandbox: &Sandbox) -> String {
    let run = sandbox
        .run(&["cert", "--local", "store", "-o", "json"])
        .succeeded();
    let about: Value = serde_json::from_str(&run.stdout).unwrap();
    about["fingerprint"].as_str().unwrap().to_owned()
}

#[track_caller]
fn report(run: Run) -> Value {
    let run = run.succeeded();
    assert!(!run.stdout.contains(CANARY), "a value was shown:\n{}", run.stdout);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn an_object_shows_its_scope_template_sizes_and_hint() {
    let sandbox = sealed();
    let key = fingerprint(&sandbox);
    let reports = report(sandbox.run(&["inspect", "db.yaml", "-o", "json"]));
    let item = |name: &str, bytes: usize| {
        json!({"item": name, "bytes": bytes, "rsaBits": 2048, "problem": null, "key": key, "toldBy": "hint",
            "keyCreated": null, "reseal": "unknown"})
    };
    assert_eq!(
        reports,
        json!([{
            "file": "db.yaml", "document": 1, "line": 2, "name": "db", "namespace": "shop", "scope": "strict",
            "template": {
                "type": "example.org/login", "immutable": true, "labels": ["app"], "annotations": ["team"], "data": [],
                "leftOut": [],
            },
            "hint": [key], "newest": null, "resealChanges": null,
            "items": [item("empty", 0), item("token", CANARY.len())],
        }])
    );
}

#[test]
fn keys_tell_who_sealed_an_item_and_what_would_change() {
    let sandbox = sealed();
    let old = fingerprint(&sandbox);
    let arguments = ["inspect", "db.yaml", "--local", "store", "-o", "json"];
    let reports = report(sandbox.run(&arguments));
    let item = &reports[0]["items"][1];
    assert_eq!((&item["key"], &item["toldBy"]), (&json!(old), &json!("opened")));
    assert_eq!(
        (&item["reseal"], &reports[0]["resealChanges"]),
        (&json!("stays"), &json!(0))
    );
    assert!(item["keyCreated"].is_string(), "{item}");

    // Against the certificate of another key.
    let other = crate::sandbox::key("2026-01-01T00:00:00Z");
    sandbox.write("other.pem", &other.certificate.to_pem());
    let reports = report(sandbox.run(&[&arguments[..], &["--cert", "other.pem"]].concat()));
    assert_eq!(reports[0]["items"][1]["reseal"], "changes");
    assert_eq!(reports[0]["resealChanges"], 2);
    assert_eq!(reports[0]["newest"], other.certificate.fingerprint().as_str());
}

#[test]
fn a_certificate_is_compared_with_the_hint() {
    let sandbox = sealed();
    sandbox
        .run(&["cert", "--local", "store", "-w", "cert.pem"])
        .succeeded();
    let reports = report(sandbox.run(&["inspect", "db.yaml", "--cert", "cert.pem", "-o", "json"]));
    assert_eq!(reports[0]["resealChanges"], 0);
    assert_eq!(reports[0]["items"][0]["reseal"], "stays");
    let other = crate::sandbox::key("2026-01-01T00:00:00Z");
    sandbox.write("other.pem", &other.certificate.to_pem());
    let reports = report(sandbox.run(&["inspect", "db.yaml", "--cert", "other.pem", "-o", "json"]));
    assert_eq!(reports[0]["resealChanges"], 2);
}

#[test]
fn the_text_is_for_people() {
    let sandbox = sealed();
    let text = sandbox.read("db.yaml");
    let run = sandbox
        .run_with(&["inspect", "-", "--local", "store"], &text)
        .succeeded();
    let key = fingerprint(&sandbox);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines[0], "shop/db  (<stdin>:2)");
    for line in [
        "  scope        strict",
        "  type         example.org/login",
        "  immutable    yes",
        "  labels       app",
        "  annotations  team",
        "  re-seal      nothing would change",
    ] {
        assert!(lines.contains(&line), "{line}\n{}", run.stdout);
    }
    let token = lines.iter().find(|line| line.starts_with("  token")).unwrap();
    let cells: Vec<&str> = token.split_whitespace().collect();
    assert_eq!(cells[..4], ["token", &CANARY.len().to_string(), "2048", &key]);
    assert_eq!(cells.last(), Some(&"stays"));
}

#[test]
fn an_item_that_is_none_or_does_not_open_says_why() {
    let sandbox = sealed();
    let text = sandbox.read("db.yaml");
    let empty = text
        .lines()
        .find(|line| line.trim_start().starts_with("empty:"))
        .unwrap();
    sandbox.write(
        "plain.yaml",
        &text.replace(empty, &format!("    empty: {CANARY}")),
    );
    let reports = report(sandbox.run(&["inspect", "plain.yaml", "--local", "store", "-o", "json"]));
    let (bad, good) = (&reports[0]["items"][0], &reports[0]["items"][1]);
    assert!(bad["problem"].as_str().unwrap().contains("plain value"), "{bad}");
    assert_eq!((&bad["bytes"], &bad["reseal"]), (&Value::Null, &json!("fails")));
    assert_eq!(good["reseal"], "stays");

    sandbox.write("moved.yaml", &text.replace("namespace: shop", "namespace: team"));
    let reports = report(sandbox.run(&["inspect", "moved.yaml", "--local", "store", "-o", "json"]));
    let item = &reports[0]["items"][0];
    assert_eq!((&item["key"], &item["reseal"]), (&Value::Null, &json!("fails")));
    assert!(item["problem"].is_string(), "{item}");
}

#[test]
fn only_sealed_secrets_are_inspected() {
    let sandbox = sealed();
    let text = format!("kind: ConfigMap\n---\n{}", sandbox.read("db.yaml"));
    sandbox.write("mixed.yaml", &text);
    let reports = report(sandbox.run(&["inspect", "mixed.yaml", "-o", "json"]));
    assert_eq!(reports.as_array().unwrap().len(), 1);
    sandbox
        .run_with(&["inspect"], "kind: ConfigMap\n")
        .failed(1, &["no SealedSecret in <stdin>"]);
}

#[test]
fn templates_and_the_items_that_they_leave_out_are_told_apart() {
    let sandbox = sealed();
    let text = sandbox.read("db.yaml").replace(
        "  template:\n",
        "  template:\n    data:\n      url: '{{ .token }}@db'\n      token: null\n",
    );
    sandbox.write("templated.yaml", &text);
    let reports = report(sandbox.run(&["inspect", "templated.yaml", "-o", "json"]));
    let template = &reports[0]["template"];
    assert_eq!(
        (&template["data"], &template["leftOut"]),
        (&json!(["url"]), &json!(["token"]))
    );
    let shown = sandbox.run(&["inspect", "templated.yaml"]).succeeded().stdout;
    assert!(
        shown.contains("  templates    url\n") && shown.contains("  left out     token\n"),
        "{shown}"
    );
}
