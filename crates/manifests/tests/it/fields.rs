//! Documents that are no Secrets although they say so.

use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::Secret;
use manifests::documents::{expand_lists, read};
use serde::de::DeserializeOwned;

const CANARY: &str = "hunter2-canary";

fn error<T: DeserializeOwned>(text: &str) -> String {
    let document = read("s.yaml", text.as_bytes()).unwrap().pop().unwrap();
    let Err(error) = document.to::<T>() else {
        panic!("{text}")
    };
    let message = error.to_string();
    assert!(
        !message.contains(CANARY) && !format!("{error:?}").contains(CANARY),
        "{message}"
    );
    message
}

/// The message about a Secret with these lines, which begin on line 4.
fn secret(rest: &str) -> String {
    let text = format!("kind: ConfigMap\n---\napiVersion: v1\nkind: Secret\n{rest}");
    let message = error::<Secret>(&text);
    message
        .strip_prefix("s.yaml, document 2 (line 3): ")
        .unwrap()
        .to_owned()
}

fn sealed(spec: &str) -> String {
    error::<SealedSecret>(&format!(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {{name: a}}\nspec:\n{spec}"
    ))
}

#[test]
fn numbers_and_booleans_are_no_strings_as_kubectl_insists() {
    let check = |value: &str, found: &str| {
        assert_eq!(
            secret(&format!("stringData:\n  ok: x\n  a: {value}\n")),
            format!("field `stringData.a` (line 7): expected a string, found {found}; quote it")
        );
    };
    check("12", "a number");
    check("1.5", "a number");
    check("true", "a boolean");
    check("yes", "a boolean");
    check("1_000", "a number");
}

#[test]
fn values_of_another_shape_are_described_and_not_shown() {
    let expected = "field `stringData` (line 5): expected a map, found a string";
    assert_eq!(secret(&format!("stringData: {CANARY}\n")), expected);
    assert!(secret(&format!("stringData: {{a: [{CANARY}]}}\n")).contains("expected a string, found a list"));
    assert!(
        secret(&format!("stringData: {{a: {{{CANARY}: 1}}}}\n"))
            .contains("expected a string, found a mapping")
    );
    assert!(
        secret("immutable: 1\n").contains("field `immutable` (line 5): expected a boolean, found a number")
    );
    assert!(
        secret(&format!("metadata: {{creationTimestamp: {CANARY}}}\n"))
            .contains("`metadata.creationTimestamp`")
    );
}

#[test]
fn data_that_is_no_base64_is_told_where_and_how_to_write_text() {
    let message = secret(&format!("data:\n  pass.word: {CANARY}!\n"));
    assert!(
        message.starts_with("field `data[pass.word]` (line 6): expected base64"),
        "{message}"
    );
    assert!(
        message.contains("offset 7") && message.contains("stringData"),
        "{message}"
    );
}

#[test]
fn an_unknown_field_is_an_error_with_the_field_that_was_meant() {
    assert_eq!(
        secret("stringdata: {a: b}\n"),
        "field `stringdata` (line 5): unknown field; did you mean `stringData`?"
    );
    assert!(
        secret("spec: {}\n")
            .starts_with("field `spec` (line 5): unknown field; the fields here are apiVersion")
    );
    let message = sealed("  encrypteddata: {a: b}\n");
    assert!(
        message.contains("field `spec.encrypteddata` (line 5): unknown field; did you mean `encryptedData`?"),
        "{message}"
    );
    let message = sealed("  encryptedData: {}\n  template:\n    tpye: Opaque\n");
    assert!(
        message.contains("field `spec.template.tpye` (line 7): unknown field; did you mean `type`?"),
        "{message}"
    );
}

#[test]
fn unknown_fields_in_metadata_are_tolerated() {
    let text =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a, clusterName: x, managedFields: [{new: 1}]}\n";
    assert!(read("s", text.as_bytes()).unwrap()[0].to::<Secret>().is_ok());
    let text = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, x: 1}\n\
                spec: {encryptedData: {}, template: {metadata: {y: 1}}}\n";
    assert!(
        read("s", text.as_bytes()).unwrap()[0]
            .to::<SealedSecret>()
            .is_ok()
    );
}

#[test]
fn another_kind_is_no_secret() {
    let message = error::<Secret>("apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n");
    assert!(message.contains("Secret"), "{message}");
    let message = error::<SealedSecret>(&format!("kind: SealedSecret\nspec: {CANARY}\n"));
    assert!(message.starts_with("s.yaml, document 1 (line 1): "), "{message}");
}

#[test]
fn a_field_of_json_has_its_line_too() {
    let text = "{\"apiVersion\": \"v1\",\n\"kind\": \"Secret\"}\n\n{\"apiVersion\": \"v1\",\n\"kind\": \"Secret\",\n\"stringData\":\n{\"a\": 1}}";
    let expected = "s.yaml, document 2 (line 4): field `stringData.a` (line 7): expected a string, found a number; quote it";
    assert_eq!(error::<Secret>(text), expected);
}

#[test]
fn items_that_are_no_strings_are_errors_and_not_lost() {
    let message = sealed("  encryptedData:\n    a: b\n    c: 5\n");
    assert!(
        message.contains("field `spec.encryptedData.c` (line 7): expected a string, found a number"),
        "{message}"
    );
}

#[test]
fn a_path_leads_to_its_line_or_to_that_of_its_nearest_parent() {
    let text = "kind: A\n---\nspec:\n  list:\n  - x: 1\n  - y: 2\n    z: 3\n";
    let document = &read("s.yaml", text.as_bytes()).unwrap()[1];
    assert_eq!(document.line_of("spec.list[1].z"), Some(7));
    assert_eq!(document.line_of("spec.list[7].z"), Some(4));
    assert_eq!(document.line_of("spec"), Some(3));
}

#[test]
fn the_line_of_a_field_is_found_by_its_path() {
    let text = "a: 1\n---\nspec:\n  columns:\n    - name: id\n    - name: x\n      type: text\n";
    let documents = read("f.yaml", text.as_bytes()).unwrap();
    let line = |path: &str| documents[1].line_of(path);
    assert_eq!(line("spec.columns[1].type"), Some(7));
    // It has no type, so it is the line of the column.
    assert_eq!(line("spec.columns[0].type"), Some(5));
    assert_eq!(line("spec.columns[9]"), Some(4));
    // It has nothing of it, so it is the document's own.
    assert_eq!(line("status.phase"), Some(3));
}

#[test]
fn the_line_of_a_field_of_an_item_is_that_of_the_file() {
    let text = "kind: List\nitems:\n- kind: Table\n  spec:\n    name: x\n";
    let items = expand_lists(read("f.yaml", text.as_bytes()).unwrap()).unwrap();
    assert_eq!(items[0].line_of("spec.name"), Some(5));
    assert_eq!(items[0].line_of("status"), Some(3));
}
