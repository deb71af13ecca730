//! `kubeseal --merge-into`: what a file is before and after.

use std::fs;

use crate::sandbox::{CANARY, Run, Sandbox, secret};
use crate::sealed_text::{item, opened};

const WIDE: &str = "sealedsecrets.bitnami.com/cluster-wide: 'true'";

/// A store, and the certificate of its key in `cert.pem`.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_store();
    let certificate = sandbox.run(&["cert", "--local", "store"]).succeeded().stdout;
    sandbox.write("cert.pem", &certificate);
    sandbox
}

fn merge(sandbox: &Sandbox, file: &str, more: &[&str], stdin: &str) -> Run {
    let arguments = [&["kubeseal", "--cert", "cert.pem", "--merge-into", file], more].concat();
    sandbox.run_with(&arguments, stdin)
}

/// A SealedSecret of the namespace `shop` as people edit it, with an item `old`.
fn sealed(sandbox: &Sandbox, name: &str, scope: &str, annotation: &str) -> String {
    let old = item(sandbox, scope, &format!("shop/{name}"), "one");
    format!(
        "# ours\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: {name} # the name\n  namespace: shop\n  annotations: {{{annotation}}}\nspec:\n  template:\n    metadata:\n      labels: {{app: 'shop'}} # labels\n  encryptedData:\n    old: {old} # {name}\n"
    )
}

/// The lines that are new, when all others stayed.
#[track_caller]
fn added<'a>(before: &str, after: &'a str) -> Vec<&'a str> {
    let mut old = before.lines().peekable();
    let mut added = Vec::new();
    for line in after.lines() {
        if old.peek() == Some(&line) {
            old.next();
        } else {
            added.push(line);
        }
    }
    assert_eq!(old.next(), None, "{after}");
    added
}

#[test]
fn items_are_added_and_every_other_byte_stays() {
    let sandbox = sandbox();
    let before = format!(
        "{}---\nkind: ConfigMap # other\ndata: {{}}\n",
        sealed(&sandbox, "db", "strict", "")
    );
    sandbox.write("all.yaml", &before);
    let run = merge(&sandbox, "all.yaml", &[], &secret("shop", "db")).succeeded();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    let after = sandbox.read("all.yaml");
    let added = added(&before, &after);
    assert!(
        added.len() == 1 && added[0].starts_with("    token: AQ"),
        "{added:?}"
    );
    let alone = after.split("---\n").next().unwrap();
    sandbox.write("alone.yaml", alone);
    let expected = serde_json::json!({"db": {"old": "one", "token": CANARY}});
    assert_eq!(opened(&sandbox, "alone.yaml"), expected);
}

#[test]
fn the_scope_is_that_of_the_file() {
    let sandbox = sandbox();
    sandbox.write("all.yaml", &sealed(&sandbox, "db", "cluster-wide", WIDE));
    merge(&sandbox, "all.yaml", &[], &secret("shop", "db")).succeeded();
    let same = ["--scope", "cluster-wide", "-n", "elsewhere"];
    merge(
        &sandbox,
        "all.yaml",
        &same,
        &secret("shop", "db").replace("token", "other"),
    )
    .succeeded();
    let expected = serde_json::json!({"db": {"old": "one", "token": CANARY, "other": CANARY}});
    assert_eq!(opened(&sandbox, "all.yaml"), expected);
}

#[test]
fn a_scope_that_contradicts_the_file_is_refused() {
    let sandbox = sandbox();
    let before = sealed(&sandbox, "db", "strict", "");
    sandbox.write("all.yaml", &before);
    merge(&sandbox, "all.yaml", &["--scope", "cluster-wide"], &secret("shop", "db")).failed(
        1,
        &["scope mismatch: SealedSecret `shop/db` in `all.yaml` (line 2) is strict, but --scope says cluster-wide"],
    );
    let annotated = secret("shop", "db").replace(
        "metadata:\n",
        "metadata:\n  annotations: {sealedsecrets.bitnami.com/namespace-wide: 'true'}\n",
    );
    merge(&sandbox, "all.yaml", &[], &annotated)
        .failed(1, &["is strict, but the Secret says namespace-wide"]);
    assert_eq!(sandbox.read("all.yaml"), before);
}

#[test]
fn labels_and_annotations_are_added_to_the_template_and_none_is_lost() {
    let sandbox = sandbox();
    let before = sealed(&sandbox, "db", "strict", "");
    sandbox.write("all.yaml", &before);
    let text = secret("shop", "db").replace(
        "metadata:\n",
        "metadata:\n  labels: {tier: web}\n  annotations:\n    note: 'a: b'\n    kubectl.kubernetes.io/last-applied-configuration: '{}'\n",
    );
    merge(&sandbox, "all.yaml", &[], &text).succeeded();
    let after = sandbox.read("all.yaml");
    let before = before.replace("{app: 'shop'}", "{app: 'shop', tier: 'web'}");
    let added = added(&before, &after);
    assert_eq!(added[..2], ["      annotations:", "        note: \"a: b\""]);
    assert!(
        added.len() == 3 && added[2].starts_with("    token: AQ"),
        "{added:?}"
    );
}

#[test]
fn a_file_without_a_template_gets_one_where_kubeseal_panics() {
    let sandbox = sandbox();
    sandbox.write(
        "all.json",
        "{\n  \"apiVersion\": \"bitnami.com/v1alpha1\",\n  \"kind\": \"SealedSecret\",\n  \"metadata\": {\n    \"name\": \"db\",\n    \"namespace\": \"shop\"\n  },\n  \"spec\": {\n    \"encryptedData\": null\n  }\n}\n",
    );
    let text = secret("shop", "db").replace("metadata:\n", "metadata:\n  labels: {tier: web}\n");
    merge(&sandbox, "all.json", &["--format", "yaml"], &text).succeeded();
    let after = sandbox.read("all.json");
    let value: serde_json::Value = serde_json::from_str(&after).unwrap();
    assert_eq!(
        value["spec"]["template"]["metadata"]["labels"]["tier"], "web",
        "{after}"
    );
    assert_eq!(
        opened(&sandbox, "all.json"),
        serde_json::json!({"db": {"token": CANARY}})
    );
}

#[test]
fn of_several_the_one_of_the_secrets_name_is_meant_and_of_one_any() {
    let sandbox = sandbox();
    let before = format!(
        "{}---\n{}",
        sealed(&sandbox, "db", "strict", ""),
        sealed(&sandbox, "mail", "strict", "")
    );
    sandbox.write("all.yaml", &before);
    merge(&sandbox, "all.yaml", &[], &secret("shop", "mail")).succeeded();
    merge(&sandbox, "all.yaml", &["--name", "db"], &secret("shop", "x")).succeeded();
    let both = serde_json::json!({"old": "one", "token": CANARY});
    let expected = serde_json::json!({"db": both, "mail": both});
    assert_eq!(opened(&sandbox, "all.yaml"), expected);
    let before = sandbox.read("all.yaml");
    merge(&sandbox, "all.yaml", &[], &secret("shop", "x")).failed(
        1,
        &["there is no SealedSecret `shop/x` in `all.yaml`, but `shop/db` (line 2), `shop/mail` (line 17)"],
    );
    assert_eq!(sandbox.read("all.yaml"), before);
    // As in kubeseal, the name and namespace of the only one count, whatever the Secret's are.
    sandbox.write("one.yaml", &sealed(&sandbox, "db", "strict", ""));
    merge(&sandbox, "one.yaml", &[], &secret("elsewhere", "x")).succeeded();
    assert_eq!(opened(&sandbox, "one.yaml"), serde_json::json!({"db": both}));
}

#[test]
fn every_secret_of_the_input_is_merged_or_none() {
    let sandbox = sandbox();
    let before = sealed(&sandbox, "db", "strict", "");
    sandbox.write("all.yaml", &before);
    let two = |key: &str, label: &str| {
        let second = secret("shop", "db").replace("token", key);
        let labelled = |text: String, value: &str| {
            text.replace(
                "metadata:\n",
                &format!("metadata:\n  labels: {{tier: {value}}}\n"),
            )
        };
        format!(
            "{}---\n{}",
            labelled(secret("shop", "db"), "web"),
            labelled(second, label)
        )
    };
    merge(&sandbox, "all.yaml", &[], &two("token", "web"))
        .failed(1, &["set the item `token` of SealedSecret `shop/db`"]);
    merge(&sandbox, "all.yaml", &[], &two("other", "db")).failed(1, &["different values of `tier`"]);
    merge(
        &sandbox,
        "all.yaml",
        &[],
        &format!("{}---\na: [\n", secret("shop", "db")),
    )
    .failed(1, &["document 2"]);
    merge(&sandbox, "all.yaml", &[], "").failed(
        1,
        &["no secrets found. Ensure the input is valid and UTF-8 encoded"],
    );
    assert_eq!(sandbox.read("all.yaml"), before);
    merge(&sandbox, "all.yaml", &[], &two("other", "web")).succeeded();
    let expected = serde_json::json!({"db": {"old": "one", "token": CANARY, "other": CANARY}});
    assert_eq!(opened(&sandbox, "all.yaml"), expected);
}

#[test]
fn the_namespace_of_the_file_counts_and_another_one_asked_for_is_refused() {
    let sandbox = sandbox();
    let before = sealed(&sandbox, "db", "strict", "");
    sandbox.write("all.yaml", &before);
    merge(&sandbox, "all.yaml", &["-n", "team"], &secret("shop", "db")).failed(
        1,
        &["error: namespace mismatch: input secret is in namespace \"shop\" but \"team\" was specified"],
    );
    assert_eq!(sandbox.read("all.yaml"), before);
    let nameless = before.replace("  namespace: shop\n", "");
    for (more, text) in [
        (&[][..], secret("shop", "db")),
        (&["-n", "shop"], secret("", "db")),
        (&["-n", "shop"], secret("shop", "db")),
    ] {
        sandbox.write("all.yaml", &nameless);
        merge(&sandbox, "all.yaml", more, &text).succeeded();
        let placed = sandbox
            .read("all.yaml")
            .replace("metadata:\n  name", "metadata:\n  namespace: shop\n  name");
        sandbox.write("all.yaml", &placed);
        let expected = serde_json::json!({"db": {"old": "one", "token": CANARY}});
        assert_eq!(opened(&sandbox, "all.yaml"), expected);
    }
}

#[test]
fn a_file_that_cannot_be_merged_into_stays_and_nothing_is_left_beside_it() {
    let sandbox = sandbox();
    let legacy = "kind: SealedSecret\nmetadata: {name: db, namespace: shop}\nspec: {data: AAAA}\n";
    for (file, text, said) in [
        ("legacy.yaml", legacy, "format before 2019"),
        (
            "other.yaml",
            "kind: Secret\n",
            "there is no SealedSecret in `other.yaml`",
        ),
        ("bad.yaml", "kind: SealedSecret\na: [\n", "bad.yaml, document 1"),
    ] {
        sandbox.write(file, text);
        merge(&sandbox, file, &[], &secret("shop", "db")).failed(1, &[said]);
        assert_eq!(sandbox.read(file), text);
    }
    merge(&sandbox, "missing.yaml", &[], &secret("shop", "db"))
        .failed(1, &["error: open missing.yaml: no such file or directory"]);
    assert_eq!(
        sandbox.files("."),
        ["bad.yaml", "cert.pem", "legacy.yaml", "other.yaml"]
            .map(str::to_owned)
            .into_iter()
            .chain(
                sandbox
                    .files("store")
                    .into_iter()
                    .map(|file| format!("store/{file}"))
            )
            .collect::<Vec<_>>()
    );
}

#[test]
fn what_w_names_is_not_emptied_and_the_mode_of_the_file_stays() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = sandbox();
    sandbox.write("all.yaml", &sealed(&sandbox, "db", "strict", ""));
    fs::set_permissions(sandbox.path("all.yaml"), fs::Permissions::from_mode(0o640)).unwrap();
    sandbox.write("other.yaml", "precious\n");
    let run = merge(&sandbox, "all.yaml", &["-w", "other.yaml"], &secret("shop", "db")).succeeded();
    assert!(
        run.stderr
            .contains("--merge-into changes its file; `other.yaml` is left as it is"),
        "{}",
        run.stderr
    );
    assert_eq!(sandbox.read("other.yaml"), "precious\n");
    let run = merge(&sandbox, "all.yaml", &["-w", "all.yaml"], &secret("shop", "db")).succeeded();
    assert_eq!(run.stderr, "");
    let expected = serde_json::json!({"db": {"old": "one", "token": CANARY}});
    assert_eq!(opened(&sandbox, "all.yaml"), expected);
    let mode = fs::metadata(sandbox.path("all.yaml"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn a_hint_that_is_there_comes_to_name_the_key_and_none_is_added() {
    let sandbox = sandbox();
    let old = format!("SHA256:{}", "A".repeat(43));
    let hinted = format!("chancery.dev/sealed-with: '{old}'");
    sandbox.write("all.yaml", &sealed(&sandbox, "db", "strict", &hinted));
    merge(&sandbox, "all.yaml", &[], &secret("shop", "db")).succeeded();
    let after = sandbox.read("all.yaml");
    assert!(after.contains(&format!(",{old}'}}")), "{after}");
    sandbox.write("all.yaml", &sealed(&sandbox, "db", "strict", ""));
    merge(&sandbox, "all.yaml", &[], &secret("shop", "db")).succeeded();
    assert!(!sandbox.read("all.yaml").contains("chancery.dev"));
}
