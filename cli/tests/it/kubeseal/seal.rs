//! Sealing without a mode: names, namespaces, scopes, items.

use serde_json::json;

use super::fixture::{Kubeseal, NOWHERE, SECRET};
use crate::sandbox::CANARY;

const NAMESPACE_WIDE: &str = "sealedsecrets.bitnami.com/namespace-wide";
const CLUSTER_WIDE: &str = "sealedsecrets.bitnami.com/cluster-wide";

#[test]
fn what_is_sealed_opens_again_in_every_scope() {
    let kubeseal = Kubeseal::new();
    for scope in ["strict", "namespace-wide", "cluster-wide", ""] {
        let sealed = kubeseal.seal(&["--scope", scope], SECRET).succeeded().stdout;
        assert_eq!(
            kubeseal.opened(&sealed),
            json!({"password": "dHVsaXAtaHVudGVyMi1jYW5hcnk="}),
            "{scope}"
        );
    }
}

#[test]
fn nothing_of_chancery_stands_in_the_object() {
    let kubeseal = Kubeseal::new();
    let sealed = kubeseal.seal(&[], SECRET).succeeded().stdout;
    assert!(!sealed.contains("chancery.dev"), "{sealed}");
    assert!(!sealed.contains(CANARY));
}

#[test]
fn the_namespace_is_the_secrets_then_that_of_the_flag() {
    let kubeseal = Kubeseal::new();
    let namespace = |arguments: &[&str], secret| {
        kubeseal.sealed(arguments, secret)["spec"]["template"]["metadata"]["namespace"].clone()
    };
    assert_eq!(namespace(&[], SECRET), "shop");
    assert_eq!(namespace(&["-n", "shop"], SECRET), "shop");
    assert_eq!(namespace(&["-n", "here"], NOWHERE), "here");
    assert_eq!(namespace(&["--namespace=ns/here"], NOWHERE), "here");
}

#[test]
fn the_namespace_of_nothing_is_an_error() {
    let kubeseal = Kubeseal::new();
    kubeseal.seal(&[], NOWHERE).failed(
        1,
        &[
            "error: secret must declare a namespace: <stdin>, document 1 (line 1)",
            "--namespace",
        ],
    );
}

#[test]
fn two_namespaces_contradict_each_other_unless_the_scope_is_the_cluster() {
    let kubeseal = Kubeseal::new();
    let said = "error: namespace mismatch: input secret is in namespace \"shop\" but \"here\" was specified";
    kubeseal
        .seal(&["-n", "here"], SECRET)
        .failed(1, &[said, "document 1"]);
    let sealed = kubeseal.sealed(&["-n", "here", "--scope", "cluster-wide"], SECRET);
    assert_eq!(sealed["metadata"]["namespace"], "shop");
}

#[test]
fn what_opens_in_the_whole_cluster_needs_no_namespace_and_gets_none() {
    let kubeseal = Kubeseal::new();
    for arguments in [
        ["--scope=cluster-wide"].as_slice(),
        &["--scope=cluster-wide", "-n", "here"],
    ] {
        let sealed = kubeseal.sealed(arguments, NOWHERE);
        let annotations = json!({CLUSTER_WIDE: "true"});
        assert_eq!(
            sealed["metadata"],
            json!({"name": "db", "annotations": annotations})
        );
    }
}

#[test]
fn a_scope_is_asked_for_by_annotation_and_a_wider_flag_wins() {
    let kubeseal = Kubeseal::new();
    let annotated = |annotations: &str| {
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: db, namespace: shop, annotations: {{{annotations}}}}}\n\
             stringData: {{a: b}}\n"
        )
    };
    let wide = |arguments: &[&str], annotations: &str| {
        kubeseal.sealed(arguments, &annotated(annotations))["metadata"]["annotations"].clone()
    };
    let namespace = format!("{NAMESPACE_WIDE}: \"true\"");
    let both = format!("{namespace}, {CLUSTER_WIDE}: \"true\"");
    let not_quite = format!("{CLUSTER_WIDE}: \"True\", {NAMESPACE_WIDE}: \"1\"");
    assert_eq!(wide(&[], &namespace), json!({NAMESPACE_WIDE: "true"}));
    // The flag's default can't be told from a wish.
    assert_eq!(
        wide(&["--scope=strict"], &namespace),
        json!({NAMESPACE_WIDE: "true"})
    );
    assert_eq!(
        wide(&["--scope=cluster-wide"], &namespace),
        json!({CLUSTER_WIDE: "true"})
    );
    assert_eq!(wide(&[], &both), json!({CLUSTER_WIDE: "true"}));
    assert_eq!(wide(&[], &not_quite), json!(null));
}

#[test]
fn the_name_of_the_flag_replaces_that_of_every_document() {
    let kubeseal = Kubeseal::new();
    let two = format!("{SECRET}---\n{}", NOWHERE.replace("name: db", "namespace: shop"));
    let sealed = kubeseal
        .seal(&["--name", "other", "-oyaml"], &two)
        .succeeded()
        .stdout;
    assert_eq!(sealed.matches("\n  name: other\n").count(), 2, "{sealed}");
    kubeseal
        .seal(&[], &NOWHERE.replace("name: db", "namespace: shop"))
        .failed(
            1,
            &["error: missing metadata.name in input Secret: <stdin>, document 1"],
        );
}

#[test]
fn names_are_not_judged() {
    let kubeseal = Kubeseal::new();
    let sealed = kubeseal.sealed(&["--name", "testSecret"], SECRET);
    assert_eq!(sealed["metadata"]["name"], "testSecret");
}

#[test]
fn a_secret_without_items_is_sealed_only_if_it_may_be() {
    let kubeseal = Kubeseal::new();
    let empty = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\ndata: {}\n";
    let said = "error: secret.data is empty in input Secret, assuming this is an error and aborting. To work with \
                empty data, --allow-empty-data can be used";
    kubeseal.seal(&[], empty).failed(1, &[said, "document 1"]);
    let sealed = kubeseal.sealed(&["--allow-empty-data"], empty);
    assert_eq!(sealed["spec"]["encryptedData"], json!({}));
}

#[test]
fn a_text_wins_over_bytes_of_the_same_name() {
    let kubeseal = Kubeseal::new();
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\n\
                  data: {a: eA==, b: \"\", c: null}\nstringData: {a: 'y'}\n";
    let sealed = kubeseal.seal(&[], secret).succeeded().stdout;
    assert_eq!(kubeseal.opened(&sealed), json!({"a": "eQ==", "b": "", "c": ""}));
}

#[test]
fn bytes_are_base64_as_go_reads_it() {
    let kubeseal = Kubeseal::new();
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\n\
                  data:\n  broken: |\n    dHVs\n    aXA=\n  loose: dHVsaXB=\n";
    let sealed = kubeseal.seal(&[], secret).succeeded().stdout;
    assert_eq!(
        kubeseal.opened(&sealed),
        json!({"broken": "dHVsaXA=", "loose": "dHVsaXA="})
    );
    let bad = secret.replace("dHVsaXB=", "'%%%'");
    kubeseal
        .seal(&[], &bad)
        .failed(1, &["`data.loose` (line 8)", "base64"]);
}

#[test]
fn what_only_a_cluster_adds_is_left_out() {
    let kubeseal = Kubeseal::new();
    let secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\n  uid: 1-2\n  \
                  resourceVersion: '7'\n  generation: 3\n  creationTimestamp: 2026-01-01T00:00:00Z\n  selfLink: /x\n  \
                  managedFields: [{manager: kubectl, operation: Update}]\n  \
                  labels: {app: shop}\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: copy\n    \
                  kubecfg.ksonnet.io/last-applied-configuration: copy\n    mine: stays\n  ownerReferences:\n  \
                  - {apiVersion: v1, kind: Pod, name: x, uid: one}\ntype: example.org/x\nimmutable: true\n\
                  stringData: {a: b}\n";
    let sealed = kubeseal.sealed(&[], secret);
    assert_eq!(sealed["metadata"], json!({"name": "db", "namespace": "shop"}));
    let mut template = sealed["spec"]["template"].clone();
    assert_eq!(template["type"], "example.org/x");
    assert_eq!(template["immutable"], true);
    assert_eq!(
        template["metadata"].take(),
        json!({
            "name": "db", "namespace": "shop",
            "labels": {"app": "shop"}, "annotations": {"mine": "stays"},
        })
    );
}
