use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thing {
    name: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    size: u32,
    #[serde(default)]
    parts: Vec<Part>,
    #[serde(default)]
    on: bool,
    #[serde(default)]
    shape: Option<Shape>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Part {
    weight: f64,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Shape {
    Round,
    Square { side: u8 },
}

fn error(value: &Value) -> String {
    let error = decode::<Thing>(value).unwrap_err();
    format!("{:?} {}", error.path, error.problem)
}

#[test]
fn an_object_is_read_with_numbers_as_go_takes_them() {
    let value = json!({"name": "n", "size": 3.0, "parts": [{"weight": 2}], "shape": {"square": {"side": 4}}});
    let (thing, unknown) = decode::<Thing>(&value).unwrap();
    assert_eq!(
        (thing.size, thing.parts, thing.shape),
        (3, vec![Part { weight: 2.0 }], Some(Shape::Square { side: 4 }))
    );
    assert!(unknown.is_empty());
    assert_eq!(decode::<Shape>(&json!("round")).unwrap().0, Shape::Round);
}

#[test]
fn null_is_the_zero_value_as_in_go() {
    let value =
        json!({"name": null, "labels": {"a": null}, "size": null, "parts": null, "on": null, "shape": null});
    let (thing, _) = decode::<Thing>(&value).unwrap();
    assert_eq!(thing.labels["a"], "");
    assert_eq!(
        (thing.name.as_str(), thing.size, thing.on, thing.shape),
        ("", 0, false, None)
    );
}

#[test]
fn unknown_fields_are_told_with_their_siblings() {
    let (_, unknown) =
        decode::<Thing>(&json!({"name": "n", "lables": {}, "parts": [{"weight": 1, "x": 2}]})).unwrap();
    let paths: Vec<_> = unknown.iter().map(|error| error.path.len()).collect();
    assert_eq!(paths, [1, 3]);
    let Problem::Unknown { known } = unknown[0].problem else {
        panic!()
    };
    assert_eq!(similar("lables", known), Some("labels"));
}

#[test]
fn an_error_has_the_path_and_the_types_but_not_the_value() {
    assert_eq!(
        error(&json!({"name": "n", "labels": {"a": 12}})),
        "[Key(\"labels\"), Key(\"a\")] expected a string, found a number; quote it"
    );
    assert_eq!(
        error(&json!({"name": "n", "parts": [{"weight": 1}, {"weight": "hunter2"}]})),
        "[Key(\"parts\"), Index(1), Key(\"weight\")] expected f64, found a string"
    );
    assert_eq!(
        error(&json!({"name": "n", "labels": "hunter2"})),
        "[Key(\"labels\")] expected a map, found a string"
    );
    assert_eq!(
        error(&json!({"name": "n", "size": -5})),
        "[Key(\"size\")] expected u32"
    );
    assert_eq!(error(&json!({})), "[] the field `name` is missing");
    assert_eq!(
        error(&json!({"name": "n", "shape": "sqare"})),
        "[Key(\"shape\")] unknown value `sqare`; did you mean `square`?"
    );
}
