use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::Secret;
use manifests::documents::{Document, read};
use manifests::{json, verify, yaml};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is read is written so that it is read the same, as YAML and as JSON.
pub fn documents(data: &[u8]) {
    let Ok(found) = read("input", data) else { return };
    for document in &found {
        again::<Secret>(document);
        again::<SealedSecret>(document);
        let expected = verify::Expected::default();
        let _ = verify::sealed_secret(document, &expected);
        let _ = verify::plain_secret(document);
        let _ = (document.place(), document.line_of("metadata.name"));
    }
    let _ = manifests::documents::expand_lists(found);
}

fn again<T: DeserializeOwned + Serialize>(document: &Document) {
    let Ok(object) = document.to::<T>() else { return };
    // Types are compared as what they are written as: not all of them can be compared.
    let value = serde_json::to_value(&object).unwrap();
    for text in [
        yaml::to_string(&object).unwrap(),
        json::to_string_pretty(&object).unwrap(),
    ] {
        let read = read("output", text.as_bytes()).unwrap();
        let [document] = &read[..] else {
            panic!("one object was written as {} documents", read.len())
        };
        let again: T = document.to().unwrap();
        assert_eq!(serde_json::to_value(&again).unwrap(), value);
    }
}
