//! What is special about Secrets when they are read.

use std::borrow::Cow;

use serde_json::Value;

use crate::decode::{FieldError, Problem};
use crate::yaml::locate::Segment;

/// Returns whether values of this object must not appear in messages.
///
/// An object without a kind may be anything.
pub(super) fn is_confidential(value: &Value) -> bool {
    matches!(
        value.get("kind").and_then(Value::as_str),
        None | Some("Secret" | "SealedSecret")
    )
}

/// Returns the object with the `data` of a Secret in strict base64.
///
/// Go's reader takes line breaks and loose trailing bits; k8s-openapi's doesn't.
pub(super) fn readable(value: &Value) -> Result<Cow<'_, Value>, FieldError> {
    let is_secret = value.get("kind").is_some_and(|kind| kind == "Secret");
    let Some(Value::Object(data)) = value.get("data").filter(|_| is_secret) else {
        return Ok(Cow::Borrowed(value));
    };
    let mut strict = data.clone();
    for (key, item) in &mut strict {
        let Value::String(text) = item else { continue };
        let bytes = sealing::decode_item(text).map_err(|error| FieldError {
            path: vec![Segment::Key("data".to_owned()), Segment::Key(key.clone())],
            problem: Problem::Value {
                expected: format!("base64, but it is {error}; put plain text in `stringData`"),
            },
        })?;
        *text = sealing::encode_item(&bytes);
    }
    let mut readable = value.clone();
    if let Some(object) = readable.as_object_mut() {
        object.insert("data".to_owned(), strict.into());
    }
    Ok(Cow::Owned(readable))
}
