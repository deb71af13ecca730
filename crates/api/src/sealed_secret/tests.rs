use serde_json::{Value, json};

use super::*;

/// Facts of upstream's CRD v0.36.6, by JSON pointer below `properties`.
#[test]
fn the_schema_keeps_what_upstreams_schema_says() {
    let crd = serde_json::to_value(crd()).unwrap();
    let version = &crd["spec"]["versions"][0];
    let properties = &version["schema"]["openAPIV3Schema"]["properties"];
    let spec = |pointer: &str| {
        properties["spec"]
            .pointer(pointer)
            .cloned()
            .unwrap_or(Value::Null)
    };
    assert_eq!(spec("/required"), json!(["encryptedData"]));
    assert_eq!(spec("/properties/data/format"), "byte");
    assert_eq!(
        spec("/properties/encryptedData/x-kubernetes-preserve-unknown-fields"),
        true
    );
    assert_eq!(
        spec("/properties/encryptedData/additionalProperties/type"),
        "string"
    );
    assert_eq!(spec("/properties/template/properties/data/nullable"), true);
    assert_eq!(spec("/properties/template/properties/metadata/nullable"), true);
    assert_eq!(
        spec("/properties/template/properties/metadata/x-kubernetes-preserve-unknown-fields"),
        true
    );
    assert_eq!(
        spec("/properties/template/properties/metadata/properties/finalizers/type"),
        "array"
    );
    assert_eq!(
        properties["status"]["properties"]["conditions"]["items"]["required"],
        json!(["status", "type"])
    );
    assert_eq!(version["subresources"]["status"], json!({}));
    let columns: Vec<_> = version["additionalPrinterColumns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["name"])
        .collect();
    assert_eq!(columns, ["Status", "Synced", "Age"]);
    let names = json!({"kind": "SealedSecret", "plural": "sealedsecrets", "singular": "sealedsecret"});
    assert_eq!(crd["spec"]["names"], names);
    assert_eq!(crd["spec"]["scope"], "Namespaced");
}

#[test]
fn an_object_that_nobody_has_seen_gets_generation_minus_one() {
    let crd = serde_json::to_value(crd()).unwrap();
    let status = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["status"];
    assert_eq!(status["default"], json!({"observedGeneration": -1}));
}

#[test]
fn a_field_that_is_absent_is_not_written() {
    let sealed = SealedSecret::new("s", SealedSecretSpec::default());
    let expected = json!({
        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": {"name": "s"},
        "spec": {"encryptedData": {}},
    });
    assert_eq!(serde_json::to_value(sealed).unwrap(), expected);
}

#[test]
fn nulls_that_upstreams_tools_wrote_are_read_as_absent() {
    let sealed: SealedSecret = serde_json::from_value(json!({
        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
        "metadata": {"name": "s", "creationTimestamp": null},
        "spec": {"encryptedData": null, "template": {"data": null, "metadata": {"creationTimestamp": null}}},
        "status": {"conditions": null},
    }))
    .unwrap();
    assert!(sealed.spec.encrypted_data.is_empty());
    assert_eq!(sealed.spec.template.unwrap().data, None);
}

#[test]
fn status_fields_that_a_newer_or_older_controller_wrote_do_not_break_reading() {
    let status: SealedSecretStatus = serde_json::from_value(json!({
        "conditions": [{"type": "Synced", "status": "True", "lastUpdateTime": "2026-01-01T00:00:00Z"}],
        "unsealed": {"spec": "ab", "later": 1}, "later": {},
    }))
    .unwrap();
    assert_eq!(status.unsealed.unwrap().spec, "ab");
    assert_eq!(status.conditions[0].type_, "Synced");
}
