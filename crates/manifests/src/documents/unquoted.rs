//! Numbers and booleans where texts belong.

use serde_json::Value;

use super::Document;
use crate::yaml::locate::Segment;

/// The mappings of a Secret whose values are texts.
const TEXTS: [&[&str]; 3] = [
    &["stringData"],
    &["metadata", "labels"],
    &["metadata", "annotations"],
];

impl Document {
    /// Makes texts of the numbers and booleans in `stringData`, labels and annotations of a Secret that read as they are
    /// written, such as `8080` and `true`.
    ///
    /// kubeseal's reader (`sigs.k8s.io/yaml`) makes a text of each, of some another one than stands there: of `0123` it
    /// makes `83`, of `1.10` it makes `1.1`, of `yes` it makes `true`. These stay what they are, and [`Self::to`] refuses
    /// them.
    pub fn read_unquoted_texts(&mut self) {
        for path in TEXTS {
            let found = path.iter().try_fold(&self.value, |value, key| value.get(key));
            let Some(Value::Object(mapping)) = found else {
                continue;
            };
            let mut mapping = mapping.clone();
            for (key, value) in &mut mapping {
                let keys = path.iter().copied().chain([key.as_str()]);
                let keys = keys.map(|key| Segment::Key(key.to_owned()));
                let full: Vec<Segment> = self.within.iter().cloned().chain(keys).collect();
                if let Some(text) = self
                    .source
                    .scalar(&full)
                    .filter(|text| is_as_written(value, text))
                {
                    *value = text.into();
                }
            }
            let place = path
                .iter()
                .try_fold(&mut self.value, |value, key| value.get_mut(key));
            if let Some(place) = place {
                *place = mapping.into();
            }
        }
    }
}

/// Go prints whole numbers in decimals, others as the shortest text that reads as the same 32 bits.
fn is_as_written(value: &Value, text: &str) -> bool {
    match value {
        Value::Bool(truth) => text == if *truth { "true" } else { "false" },
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string() == text,
        Value::Number(_) => {
            text.contains('.') && text.parse::<f32>().is_ok_and(|number| number.to_string() == text)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents;

    fn read(value: &str, form: &str) -> Value {
        let text = form.replace('@', value);
        let mut document = documents::read("in", text.as_bytes()).unwrap().remove(0);
        document.read_unquoted_texts();
        document.value["stringData"]["a.b"].clone()
    }

    #[test]
    fn what_reads_as_it_is_written_is_a_text_and_the_rest_stays() {
        let forms = [
            "kind: Secret\nstringData:\n  a.b: @ # why\n",
            "kind: Secret\nstringData: {x: &v @, a.b: *v}\n",
            "{\"kind\":\"Secret\",\"stringData\":{\"a.b\": @ }}",
        ];
        for form in forms {
            for text in ["8080", "true", "false", "-5", "1.5", "0", "12345678901234567890"] {
                assert_eq!(read(text, form), text, "{form}");
            }
            for other in [
                "1.10",
                "1e3",
                "1.0",
                "3.14159265358979",
                "123456789012345678901",
                "-0",
            ] {
                assert!(read(other, form).is_number(), "{form} {other}");
            }
        }
        for other in ["0123", "0x1F", "1_000", "yes", "on", "True", ".5"] {
            assert!(!read(other, forms[0]).is_string(), "{other}");
        }
        assert_eq!(read("~", forms[0]), Value::Null);
        assert_eq!(read("[1]", forms[0]), serde_json::json!([1]));
    }

    #[test]
    fn labels_and_annotations_are_texts_too_those_of_a_lists_items_as_well() {
        let text =
            "kind: List\nitems:\n- kind: Secret\n  metadata: {labels: {a: 1}, annotations: {b: true}}\n";
        let list = documents::read("in", text.as_bytes()).unwrap();
        let mut secret = documents::expand_lists(list).unwrap().remove(0);
        secret.read_unquoted_texts();
        let expected = serde_json::json!({"labels": {"a": "1"}, "annotations": {"b": "true"}});
        assert_eq!(secret.value["metadata"], expected);
    }
}
