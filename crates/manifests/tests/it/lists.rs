use k8s_openapi::api::core::v1::Secret;
use manifests::documents::{Document, expand_lists, read};

fn expand(text: &str) -> Vec<Document> {
    expand_lists(read("l.yaml", text.as_bytes()).unwrap()).unwrap()
}

fn names(documents: &[Document]) -> Vec<&str> {
    documents.iter().filter_map(Document::name).collect()
}

#[test]
fn a_list_becomes_its_items_each_with_its_place() {
    let text = "kind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: List\nitems:\n\
                - apiVersion: v1\n  kind: Secret\n  metadata: {name: b}\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: c}\n  stringData:\n    x: 1\n";
    let documents = expand(text);
    assert_eq!(names(&documents), ["a", "b", "c"]);
    let places: Vec<_> = documents
        .iter()
        .map(|document| document.place().to_string())
        .collect();
    let list = [
        "l.yaml, document 1 (line 1)",
        "l.yaml, document 2, item 1 (line 7)",
        "l.yaml, document 2, item 2 (line 10)",
    ];
    assert_eq!(places, list);
    let error = documents[2].to::<Secret>().unwrap_err().to_string();
    let expected = "l.yaml, document 2, item 2 (line 10): field `stringData.x` (line 14): expected a string, found a number; quote it";
    assert_eq!(error, expected);
}

#[test]
fn items_of_a_typed_list_get_their_kind() {
    let documents = expand("apiVersion: v1\nkind: SecretList\nitems: [{metadata: {name: a}}]\n");
    assert_eq!(
        (documents[0].kind(), documents[0].api_version()),
        (Some("Secret"), Some("v1"))
    );
}

#[test]
fn a_list_without_a_kind_is_a_list_and_an_object_with_items_is_not() {
    assert_eq!(
        names(&expand("{\"items\": [{\"metadata\": {\"name\": \"a\"}}]}")),
        ["a"]
    );
    assert_eq!(
        names(&expand(
            "kind: Box\nmetadata: {name: box}\nitems: [{metadata: {name: a}}]\n"
        )),
        ["box"]
    );
    assert!(expand("kind: List\nitems: []\n").is_empty());
    assert!(expand("kind: List\nitems:\n").is_empty());
}

#[test]
fn an_item_that_is_no_object_is_an_error() {
    let error = expand_lists(read("l", b"kind: List\nitems:\n- {}\n- hunter2\n").unwrap())
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("l, document 1, item 2 (line 4): expected an object"),
        "{error}"
    );
    assert!(!error.contains("hunter2"));
}
