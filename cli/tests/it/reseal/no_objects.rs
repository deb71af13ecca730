//! Documents that are no objects, in files that speak of SealedSecrets.

use super::objects::{document, item, sandbox};

const RESEAL: [&str; 4] = ["reseal", "tree", "--key", "old.pem,new.pem"];

/// A patch as RFC 6902 has it.
const PATCH: &str = "- op: replace\n  path: /kind\n  value: SealedSecret\n- op: replace\n  path: /apiVersion\n  value: \
                     bitnami.com/v1alpha1\n";

#[test]
fn a_patch_that_is_a_list_is_passed_over() {
    let (sandbox, keys) = sandbox();
    sandbox.write("tree/patch.yaml", PATCH);
    sandbox.write(
        "tree/two.yaml",
        &format!("---\n{PATCH}---\n{PATCH}---\nkind: Other\n"),
    );
    sandbox.write(
        "tree/patch.json",
        "[{\"op\": \"add\", \"value\": \"SealedSecret\"}]\n",
    );
    sandbox.write("tree/text.yaml", "a text about a SealedSecret\n");
    sandbox.write(
        "tree/list.yaml",
        "kind: List\nitems: [SealedSecret, {kind: Other}]\n",
    );
    sandbox.write("tree/kustomization.yaml", "patches:\n- path: patch.txt\n");
    sandbox.write("tree/patch.txt", PATCH);
    let name = "good";
    sandbox.write(
        "tree/good.yaml",
        &document(Some("shop"), name, &[("a", &item(&keys.old, "shop", name))]),
    );
    let check = [&RESEAL[..], &["--check"]].concat();
    let run = sandbox.run(&check);
    assert_eq!((run.code, run.stderr.as_str()), (3, ""), "{}", run.stdout);
    sandbox.run(&RESEAL).succeeded();
    let run = sandbox.run(&check).succeeded();
    assert_eq!(run.stderr, "");
}

#[test]
fn a_list_beside_a_sealed_secret_fails_and_says_what_to_do() {
    let (sandbox, keys) = sandbox();
    let good = document(Some("shop"), "good", &[("a", &item(&keys.old, "shop", "good"))]);
    let listed = good
        .replace("apiVersion", "- apiVersion")
        .replace("\nkind", "\n  kind");
    let listed = listed
        .replace("\nmetadata", "\n  metadata")
        .replace("\nspec", "\n  spec");
    let texts = [
        format!("{good}---\n{PATCH}"),
        format!("{PATCH}---\n{good}"),
        // What a reader can't tell from a list of objects is never passed over in silence.
        format!("{PATCH}...\n---\n{good}"),
        listed,
        format!(
            "kind: List\nitems:\n- 1\n- {}",
            "{apiVersion: bitnami.com/v1alpha1, \"kind\": 'SealedSecret'}\n"
        ),
    ];
    for text in texts {
        sandbox.write("tree/a.yaml", &text);
        for more in [&[][..], &["--check"]] {
            let run = sandbox.run(&[&RESEAL[..], more].concat());
            assert_eq!(run.code, 1, "{text}\n{}{}", run.stdout, run.stderr);
            assert!(run.stderr.contains("expected an object"), "{}", run.stderr);
            assert!(
                run.stderr.contains("hint: ") && run.stderr.contains("a file of its own"),
                "{}",
                run.stderr
            );
        }
        assert_eq!(sandbox.read("tree/a.yaml"), text);
    }
}

#[test]
fn a_document_that_is_no_yaml_fails_also_behind_a_list() {
    let (sandbox, _) = sandbox();
    sandbox.write("tree/a.yaml", &format!("{PATCH}---\nkind: [\n"));
    let run = sandbox.run(&RESEAL);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("tree/a.yaml, document 2"), "{}", run.stderr);
}
