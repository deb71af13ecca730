//! Objects to apply, and how they are written.

use serde_json::{Value, json};

use super::names::{APP, Controller};
use crate::error::CommandError;
use crate::output::DocumentFormat;

/// One object, with what people should know of it.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    /// Printed above the object in YAML; may be empty.
    comment: String,
    /// The object.
    pub(super) value: Value,
}

impl Manifest {
    /// An object without a comment.
    pub(super) fn new(value: Value) -> Self {
        Self {
            comment: String::new(),
            value,
        }
    }

    /// The same object with a comment of one or more lines.
    pub(super) fn comment(self, comment: &str) -> Self {
        Self {
            comment: comment.to_owned(),
            ..self
        }
    }
}

/// The labels of an object of a controller, or of both.
pub(super) fn labels(of: Option<Controller>) -> Value {
    let mut labels = json!({ "app.kubernetes.io/name": APP });
    if let Some(controller) = of {
        labels["app.kubernetes.io/component"] = controller.component().into();
    }
    labels
}

/// All objects as one text: YAML documents, or one JSON `List`, either of which `kubectl apply -f -` takes in that
/// order.
///
/// # Errors
/// When an object cannot be written, which none of ours does.
pub(super) fn render(manifests: &[Manifest], format: DocumentFormat) -> Result<String, CommandError> {
    match format {
        DocumentFormat::Json => {
            let items: Vec<&Value> = manifests.iter().map(|manifest| &manifest.value).collect();
            let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
            Ok(manifests::json::to_string_pretty(&list).map_err(anyhow::Error::new)?)
        }
        DocumentFormat::Yaml => {
            let mut text = String::new();
            for manifest in manifests {
                text.push_str("---\n");
                for line in manifest.comment.lines() {
                    text.push_str("# ");
                    text.push_str(line);
                    text.push('\n');
                }
                text.push_str(&manifests::yaml::to_string(&manifest.value).map_err(anyhow::Error::new)?);
            }
            Ok(text)
        }
    }
}
