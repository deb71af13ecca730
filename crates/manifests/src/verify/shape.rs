//! Whether an object is what the API server takes for a SealedSecret.

use api::sealed_secret::SealedSecret;
use serde_json::{Map, Value};

use super::{Code, Findings};
use crate::decode::{self, FieldError, Problem, similar};
use crate::documents::{Document, DocumentError, is_metadata};
use crate::yaml::locate::Segment;

const API_VERSION: &str = "bitnami.com/v1alpha1";

/// Most fields of a wrong type that are looked for in one object.
const MOST_WRONG_TYPES: usize = 50;

/// Returns whether the group is that of SealedSecrets, which has no other kind.
pub(super) fn is_of_bitnami(document: &Document) -> bool {
    document
        .api_version()
        .is_some_and(|version| version.starts_with("bitnami.com/"))
}

pub(super) fn check(findings: &mut Findings<'_>) {
    let value = findings.value();
    match findings.document.kind() {
        Some("SealedSecret") => {}
        // A list that was not taken apart has no items.
        Some("SealedSecretList") => return,
        Some(_) => findings.add(
            Code::Kind,
            &["kind"],
            "the kind of the group `bitnami.com` is `SealedSecret`",
        ),
        None => findings.add(Code::Kind, &["kind"], "no `kind`; it is `SealedSecret`"),
    }
    match findings.document.api_version() {
        Some(API_VERSION) => {}
        Some(_) => findings.add(
            Code::ApiVersion,
            &["apiVersion"],
            format!("expected `{API_VERSION}`"),
        ),
        None => findings.add(
            Code::ApiVersion,
            &["apiVersion"],
            format!("no `apiVersion`; it is `{API_VERSION}`"),
        ),
    }
    fields(findings);
    formats(value, findings);
}

/// Fields of a wrong type and fields that the kind doesn't have, by the type itself.
fn fields(findings: &mut Findings<'_>) {
    let mut value = findings.value().clone();
    // The rules for items look at these one by one.
    if let Some(spec) = value.get_mut("spec").and_then(Value::as_object_mut)
        && spec
            .get("encryptedData")
            .is_some_and(|data| data.is_object() || data.is_null())
    {
        spec.remove("encryptedData");
    }
    // Without it the rule for `encryptedData` says so.
    if let Some(object) = value.as_object_mut() {
        object.entry("spec").or_insert_with(|| Value::Object(Map::new()));
    }
    for _ in 0..MOST_WRONG_TYPES {
        match decode::decode::<SealedSecret>(&value) {
            Ok((_, unknown)) => {
                for error in unknown.into_iter().filter(is_worth_saying) {
                    report(error, findings);
                }
                return;
            }
            Err(error) => {
                let removed = remove(&mut value, &error.path);
                report(error, findings);
                if !removed {
                    return;
                }
            }
        }
    }
}

/// The API server completes metadata and tools decorate it, so there only a slip of the pen is reported.
fn is_worth_saying(error: &FieldError) -> bool {
    let (Problem::Unknown { known }, Some(Segment::Key(name))) = (&error.problem, error.path.last()) else {
        return true;
    };
    !is_metadata(&error.path) || (error.path.len() > 1 && similar(name, known).is_some())
}

fn report(error: FieldError, findings: &mut Findings<'_>) {
    let code = match error.problem {
        Problem::Unknown { .. } => Code::UnknownField,
        _ => Code::FieldType,
    };
    let DocumentError::Field { path, message, .. } =
        DocumentError::field(findings.document.place(), 0, &error.path, error.problem, true)
    else {
        return;
    };
    let message = if path.is_empty() {
        message
    } else {
        format!("`{path}`: {message}")
    };
    findings.push(code, &error.path, None, message);
}

/// Takes a value out, so that the next one that is wrong is found.
fn remove(value: &mut Value, path: &[Segment]) -> bool {
    let Some((end, parents)) = path.split_last() else {
        return false;
    };
    let parent = parents.iter().try_fold(value, |value, segment| match segment {
        Segment::Key(key) => value.get_mut(key),
        Segment::Index(index) => value.get_mut(index),
    });
    match (parent, end) {
        (Some(Value::Object(object)), Segment::Key(key)) => object.remove(key).is_some(),
        // Null is the zero value of whatever belongs there; what is wrong again would never end.
        (Some(Value::Array(list)), Segment::Index(index)) => match list.get_mut(*index) {
            Some(entry) if !entry.is_null() => {
                *entry = Value::Null;
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// `encryptedData`, and the format before it.
fn formats(value: &Value, findings: &mut Findings<'_>) {
    let spec = value.get("spec");
    let field = |name| {
        spec.and_then(|spec| spec.get(name))
            .filter(|field| !field.is_null())
    };
    let deprecated = field("data").is_some();
    let items = match field("encryptedData") {
        Some(Value::Object(items)) => items,
        // The type has reported it.
        Some(_) => return,
        None => {
            // Without a spec at all the position is that of the object.
            findings.add(
                Code::EncryptedDataMissing,
                &["spec"],
                "no `spec.encryptedData`; the API server refuses the object",
            );
            return;
        }
    };
    match (deprecated, items.is_empty()) {
        (true, false) => findings.add(
            Code::TwoFormats,
            &["spec", "data"],
            "`spec.data` beside `spec.encryptedData`: no controller takes both",
        ),
        (true, true) => findings.add(
            Code::DeprecatedFormat,
            &["spec", "data"],
            "`spec.data` is the format before 2019; seal the Secret again",
        ),
        (false, true) => findings.add(
            Code::NoItems,
            &["spec", "encryptedData"],
            "no items: the Secret will be empty",
        ),
        (false, false) => {}
    }
}
