//! One document a row: what is found, and exactly where.

use super::*;
use crate::documents;

mod others;

/// An item of a 2048-bit key, as short as one can be.
fn item() -> String {
    let mut bytes = vec![1, 0];
    bytes.resize(2 + 256 + 16, 0xa5);
    sealing::encode_item(&bytes)
}

fn read(text: &str) -> Vec<Document> {
    let text = text.replace("ITEM", &item());
    documents::expand_lists(documents::read("f.yaml", text.as_bytes()).unwrap()).unwrap()
}

/// `line:column code` of each finding.
fn places(findings: &[Finding]) -> Vec<String> {
    let place = |finding: &Finding| format!("{}:{} {}", finding.line, finding.column, finding.code);
    findings.iter().map(place).collect()
}

#[track_caller]
fn check_expected(text: &str, expected: &Expected<'_>, found: &[&str]) {
    let findings: Vec<Finding> = read(text)
        .iter()
        .flat_map(|document| sealed_secret(document, expected))
        .collect();
    assert_eq!(places(&findings), found, "{findings:#?}");
}

#[track_caller]
fn check(text: &str, found: &[&str]) {
    check_expected(text, &Expected::default(), found);
}

/// A SealedSecret with these lines of metadata and spec.
fn sealed(metadata: &str, spec: &str) -> String {
    format!(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: shop\n{metadata}spec:\n{spec}"
    )
}

const ITEMS: &str = "  encryptedData:\n    password: ITEM\n";

#[test]
fn nothing_is_wrong_with_what_kubeseal_writes() {
    check(
        &sealed(
            "  creationTimestamp: null\n",
            "  encryptedData:\n    password: ITEM\n  template:\n    metadata:\n      creationTimestamp: null\n      name: db\n      namespace: shop\n    type: Opaque\n    data: null\nstatus: {}\n",
        ),
        &[],
    );
}

#[test]
fn other_objects_and_patches_are_not_judged() {
    check("apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n", &[]);
    check(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a}\n$patch: delete\n",
        &[],
    );
}

#[test]
fn version_and_kind_are_those_of_the_cluster() {
    check(&sealed("", ITEMS).replace("v1alpha1", "v1"), &["1:1 api-version"]);
    check(
        &sealed("", ITEMS).replace("apiVersion: bitnami.com/v1alpha1\n", ""),
        &["1:1 api-version"],
    );
    check(
        &sealed("", ITEMS).replace("SealedSecret", "Sealedsecret"),
        &["2:1 kind"],
    );
}

#[test]
fn unknown_fields_are_found_all_of_them() {
    check(
        &sealed(
            "",
            "  encrypteddata: {}\n  encryptedData:\n    password: ITEM\n  template:\n    stringData: {a: b}\nextra: 1\n",
        ),
        &["7:3 unknown-field", "11:5 unknown-field", "12:1 unknown-field"],
    );
}

#[test]
fn in_metadata_only_a_slip_is_an_unknown_field() {
    check(
        &sealed("  annotation: {}\n  somethingElseEntirely: 1\n", ITEMS),
        &["6:3 unknown-field"],
    );
}

#[test]
fn every_value_of_a_wrong_type_is_found() {
    check(
        &sealed(
            "  annotations:\n    sealedsecrets.bitnami.com/cluster-wide: true\n  labels: {a: 1, b: x, c: false}\n",
            "  encryptedData:\n    password: ITEM\n  template:\n    immutable: \"yes\"\n",
        ),
        &[
            "7:5 field-type",
            "8:12 field-type",
            "8:24 field-type",
            "13:5 field-type",
        ],
    );
    check(
        &sealed("  finalizers: [1, {}]\n", ITEMS),
        &["6:16 field-type", "6:19 field-type"],
    );
    check(&sealed("", "  encryptedData: [a]\n"), &["7:3 field-type"]);
}

#[test]
fn the_api_server_insists_on_encrypted_data() {
    check(&sealed("", "  template: {}\n"), &["6:1 encrypted-data-missing"]);
    check(&sealed("", "  encryptedData:\n"), &["6:1 encrypted-data-missing"]);
    check(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, namespace: b}\n",
        &["1:1 encrypted-data-missing"],
    );
    check(&sealed("", "  encryptedData: {}\n"), &["7:3 no-items"]);
}

#[test]
fn the_format_before_2019_is_noticed_and_never_both() {
    check(
        &sealed("", "  encryptedData: {}\n  data: ITEM\n"),
        &["8:3 deprecated-format"],
    );
    check(
        &sealed("", "  encryptedData: {a: ITEM}\n  data: hunter2\n"),
        &["8:3 two-formats", "8:3 item-plain"],
    );
}

#[test]
fn items_are_judged_each_at_its_place() {
    check(
        &sealed(
            "",
            "  encryptedData:\n    good: ITEM\n    bad key: ITEM\n    plain: hunter2\n    number: 5\n    none: null\n    \"cut\": AQAA\n    folded: >-\n      AQAA\n      AQAA\n",
        ),
        &[
            "9:5 item-key",
            "10:5 item-plain",
            "11:5 item-type",
            "12:5 item-type",
            "13:5 item-length",
            "14:5 item-not-base64",
        ],
    );
}

#[test]
fn names_are_there_and_valid() {
    let text = sealed("", ITEMS);
    check(&text.replace("  name: db\n", ""), &["3:1 name-missing"]);
    check(
        &text.replace("name: db", "name: Db").replace("shop", "shop.a"),
        &["4:3 name-invalid", "5:3 namespace-invalid"],
    );
}

#[test]
fn a_namespace_is_needed_where_the_scope_binds_to_one_and_nothing_gives_it() {
    let text = sealed("", ITEMS).replace("  namespace: shop\n", "");
    check(&text, &["3:1 namespace-missing"]);
    let expected = Expected {
        namespace: Some("shop"),
        ..Expected::default()
    };
    check_expected(&text, &expected, &[]);
    check(
        &text.replace(
            "metadata:\n",
            "metadata:\n  annotations: {sealedsecrets.bitnami.com/cluster-wide: \"true\"}\n",
        ),
        &[],
    );
}

#[test]
fn an_object_that_was_renamed_or_moved_after_sealing_is_found_where_its_scope_binds() {
    let spec = "  encryptedData: {a: ITEM}\n  template: {metadata: {name: first, namespace: second}}\n";
    check(
        &sealed("", spec),
        &["4:3 template-name", "5:3 template-namespace"],
    );
    let scope = |name| format!("  annotations: {{sealedsecrets.bitnami.com/{name}: \"true\"}}\n");
    check(
        &sealed(&scope("namespace-wide"), spec),
        &["5:3 template-namespace"],
    );
    check(&sealed(&scope("cluster-wide"), spec), &[]);
}

#[test]
fn a_kustomization_moves_only_what_was_sealed_for_its_namespace() {
    let expected = Expected {
        kustomization_namespace: Some("prod"),
        ..Expected::default()
    };
    check_expected(&sealed("", ITEMS), &expected, &["5:3 namespace-kustomization"]);
    check_expected(&sealed("", ITEMS).replace("shop", "prod"), &expected, &[]);
}

#[test]
fn scope_annotations_count_with_the_exact_value_true_alone() {
    let annotated = |lines: &str| sealed(&format!("  annotations:\n{lines}"), ITEMS);
    for value in ["'True'", "'1'", "cluster-wide"] {
        check(
            &annotated(&format!("    sealedsecrets.bitnami.com/cluster-wide: {value}\n")),
            &["7:5 scope-value"],
        );
    }
    check(
        &annotated("    sealedsecrets.bitnami.com/cluster-wide: \"false\"\n"),
        &[],
    );
    check(
        &annotated(
            "    sealedsecrets.bitnami.com/cluster-wide: \"true\"\n    sealedsecrets.bitnami.com/namespace-wide: \"true\"\n",
        ),
        &["8:5 scope-both"],
    );
}

#[test]
fn a_scope_that_only_the_template_says_is_noticed() {
    check(
        &sealed(
            "",
            "  encryptedData: {a: ITEM}\n  template:\n    metadata:\n      annotations: {sealedsecrets.bitnami.com/cluster-wide: \"true\"}\n",
        ),
        &["10:7 scope-template"],
    );
}

#[test]
fn annotations_that_nobody_reads_there_are_noticed() {
    check(
        &sealed(
            "  annotations:\n    sealedsecrets.bitnami.com/managed: \"true\"\n    sealedsecrets.bitnami.com/cluster_wide: \"true\"\n    other/annotation: x\n",
            ITEMS,
        ),
        &["7:5 annotation", "8:5 annotation"],
    );
}

#[test]
fn a_hint_is_a_list_of_fingerprints_of_pinned_keys() {
    let fingerprint = |digit: &str| format!("SHA256:{}", digit.repeat(43));
    let (known, other) = (fingerprint("A"), fingerprint("E"));
    let text = sealed(
        &format!("  annotations:\n    chancery.dev/sealed-with: \"{known}, {other}\"\n"),
        ITEMS,
    );
    check(&text, &[]);
    let pins = [known.parse().unwrap()];
    let expected = Expected {
        pins: &pins,
        ..Expected::default()
    };
    check_expected(&text, &expected, &["7:5 hint-unknown"]);
    check(&text.replace("SHA256:A", "SHA1:"), &["7:5 hint-malformed"]);
}

#[test]
fn a_copy_of_the_plain_secret_in_an_annotation_is_found() {
    let copy = "'{\"kind\":\"Secret\",\"data\":{\"password\":\"aHVudGVyMg==\"}}'";
    let own = "'{\"kind\":\"SealedSecret\",\"spec\":{}}'";
    let text = sealed(
        &format!("  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: {own}\n"),
        &format!(
            "  encryptedData: {{a: ITEM}}\n  template:\n    metadata:\n      annotations:\n        kubectl.kubernetes.io/last-applied-configuration: {copy}\n"
        ),
    );
    check(&text, &["13:9 plain-copy"]);
}

#[test]
fn templates_are_parsed_and_what_changes_at_each_run_is_named() {
    let with = |metadata: &str, template: &str| {
        sealed(
            metadata,
            &format!("  encryptedData: {{a: ITEM}}\n  template:\n{template}"),
        )
    };
    let data = |entry: &str| with("", &format!("    data:\n      {entry}\n"));
    check(&data("b: '{{ .a }}'"), &[]);
    check(&data("a: null"), &[]);
    check(&data("b: '{{ .a'"), &["10:7 template-syntax"]);
    check(&data("b: '{{ env \"HOME\" }}'"), &["10:7 template-syntax"]);
    check(&data("b: '{{ randAlphaNum 9 }}'"), &["10:7 template-volatile"]);
    check(&data("a: '{{ .b }}'"), &["10:7 template-shadowed"]);
    check(&data("b: null"), &["10:7 template-null"]);
    let label = "    metadata:\n      labels:\n        team: '{{ nosuch }}'\n";
    check(&with("", label), &[]);
    let asked = "  annotations: {chancery.dev/template-metadata: \"true\"}\n";
    check(&with(asked, label), &["12:9 template-syntax"]);
}

#[test]
fn lists_json_and_line_endings_change_no_place() {
    let bad = sealed("", "  encryptedData:\n    password: hunter2\n");
    check(&bad, &["8:5 item-plain"]);
    check(&bad.replace('\n', "\r\n"), &["8:5 item-plain"]);
    check(&format!("\u{feff}{bad}"), &["8:5 item-plain"]);
    check(&format!("# é\n---\na: 1\n--- # two\n{bad}"), &["12:5 item-plain"]);
    let indented = bad.replace('\n', "\n  ");
    check(
        &format!("apiVersion: v1\nkind: List\nitems:\n- {}\n", indented.trim_end()),
        &["11:7 item-plain"],
    );
    let json = "{\"apiVersion\": \"bitnami.com/v1alpha1\", \"kind\": \"SealedSecret\",\n\t\"metadata\": {\"name\": \"é\", \"namespace\": \"shop\"},\n \"spec\": {\"encryptedData\": {\"é\": \"hunter2\"}}}";
    check(json, &["2:15 name-invalid", "3:29 item-key", "3:29 item-plain"]);
    let line = json.replace(['\n', '\t'], " ");
    check(
        &format!("{{\"a\": 1}} {line}"),
        &["1:87 name-invalid", "1:150 item-key", "1:150 item-plain"],
    );
}
