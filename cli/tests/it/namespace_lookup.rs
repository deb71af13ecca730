//! The namespace of a SealedSecret that names none: `unseal` and `inspect` find it where `reseal` does.

use serde_json::Value;

use crate::sandbox::{Sandbox, secret};

/// A store, and `app/sealed.yaml`, sealed for the namespace `shop` without naming it.
fn bare() -> Sandbox {
    let sandbox = Sandbox::with_store();
    let arguments = ["seal", "--local", "store"];
    let run = sandbox.run_with(&arguments, &secret("shop", "db")).succeeded();
    let lines: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| !line.contains("namespace:"))
        .collect();
    sandbox.write("app/sealed.yaml", &format!("{}\n", lines.join("\n")));
    sandbox
}

const UNSEAL: [&str; 4] = ["unseal", "app/sealed.yaml", "--local", "store"];

#[test]
fn unseal_asks_for_a_namespace_that_is_nowhere_to_be_had() {
    let sandbox = bare();
    sandbox
        .run(&UNSEAL)
        .failed(1, &["it names no namespace", "--namespace"]);
    let run = sandbox.run(&[&UNSEAL[..], &["-n", "shop"]].concat()).succeeded();
    assert!(run.stdout.contains("namespace: shop"), "{}", run.stdout);
    let text = sandbox.read("app/sealed.yaml");
    let arguments = ["unseal", "-", "--local", "store"];
    sandbox
        .run_with(&arguments, &text)
        .failed(1, &["it names no namespace", "--namespace"]);
    sandbox
        .run_with(&[&arguments[..], &["--namespace", "shop"]].concat(), &text)
        .succeeded();
}

#[test]
fn a_namespace_of_its_own_comes_before_the_flag() {
    let sandbox = bare();
    let text = sandbox.read("app/sealed.yaml");
    sandbox.write(
        "app/sealed.yaml",
        &text.replacen("  name: db\n", "  name: db\n  namespace: shop\n", 1),
    );
    sandbox.run(&[&UNSEAL[..], &["-n", "other"]].concat()).succeeded();
}

#[test]
fn unseal_takes_that_of_the_rule_or_of_the_kustomization() {
    let sandbox = bare();
    sandbox.write(
        "app/kustomization.yaml",
        "namespace: shop\nresources: [sealed.yaml]\n",
    );
    let run = sandbox.run(&UNSEAL).succeeded();
    assert!(run.stdout.contains("namespace: shop"), "{}", run.stdout);
    std::fs::remove_file(sandbox.path("app/kustomization.yaml")).unwrap();
    sandbox.write(
        ".chancery.yaml",
        "apiVersion: chancery.dev/v1alpha1\nkind: Config\nrules: [{path: app/, namespace: shop}]\n",
    );
    sandbox.run(&UNSEAL).succeeded();
}

#[test]
fn a_cluster_wide_one_opens_without() {
    let sandbox = Sandbox::with_store();
    let plain = secret("shop", "db").replace("  namespace: shop\n", "");
    let arguments = [
        "seal",
        "--local",
        "store",
        "--scope",
        "cluster-wide",
        "-w",
        "sealed.yaml",
    ];
    sandbox.run_with(&arguments, &plain).succeeded();
    let run = sandbox
        .run(&["unseal", "sealed.yaml", "--local", "store"])
        .succeeded();
    assert!(!run.stdout.contains("namespace:"), "{}", run.stdout);
}

#[test]
fn inspect_takes_that_of_the_kustomization() {
    let sandbox = bare();
    sandbox.write(
        "app/kustomization.yaml",
        "namespace: shop\nresources: [sealed.yaml]\n",
    );
    let arguments = ["inspect", "app/sealed.yaml", "--local", "store", "-o", "json"];
    let run = sandbox.run(&arguments).succeeded();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report[0]["namespace"], "shop");
    assert_eq!(report[0]["items"][0]["toldBy"], "opened", "{report:#}");
    assert_eq!(run.stderr, "");
}
