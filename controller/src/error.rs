//! What can go wrong while acting on the cluster, as data: a reason for events and conditions, and
//! a class that picks what happens next.

use std::fmt;
use std::time::Duration;

use kube::core::Status;

/// A request to the API server that did not work.
///
/// No message of the server is kept whole: a webhook may have quoted the Secret it refused, and
/// this error goes into status, events and logs.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} {object}: {answer}")]
pub(crate) struct Error {
    verb: &'static str,
    object: String,
    answer: Answer,
}

/// What the API server answered, without any value it may have quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Refused {
        code: u16,
        reason: String,
        webhook: Option<String>,
        fields: Vec<String>,
        retry_after: Option<Duration>,
    },
    Terminating,
    Unreachable,
    Timeout,
    Unreadable,
}

/// What an error means for the next try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// The object changed meanwhile: look again at once. Not worth a word to the user.
    Conflict,
    /// May pass by itself: retry without an end.
    Transient,
    /// The API server refuses what the document says. Retried too, since a policy may change.
    Terminal,
    /// What the work was for is gone.
    Gone,
}

impl Error {
    /// Reads an error of the client. `verb` and `object` say what was being done to what.
    pub(crate) fn api(verb: &'static str, object: impl Into<String>, error: &kube::Error) -> Self {
        let answer = match error {
            kube::Error::Api(status) => Answer::of(status),
            kube::Error::SerdeError(_) | kube::Error::FromUtf8(_) => Answer::Unreadable,
            _ => Answer::Unreachable,
        };
        Self {
            verb,
            object: object.into(),
            answer,
        }
    }

    /// Returns the error of a request that was not answered in time.
    pub(crate) fn timeout(verb: &'static str, object: impl Into<String>) -> Self {
        Self {
            verb,
            object: object.into(),
            answer: Answer::Timeout,
        }
    }

    /// Returns the error of an answer that makes no sense.
    pub(crate) fn unreadable(verb: &'static str, object: impl Into<String>) -> Self {
        Self {
            verb,
            object: object.into(),
            answer: Answer::Unreadable,
        }
    }

    /// Returns a short constant for conditions, events and metric labels.
    pub(crate) fn reason(&self) -> &'static str {
        match &self.answer {
            Answer::Refused { webhook: Some(_), .. } => "AdmissionDenied",
            Answer::Refused { code: 409, .. } => "Conflict",
            Answer::Refused { code: 401, .. } => "Unauthorized",
            Answer::Refused { code: 403, .. } => "Forbidden",
            Answer::Refused { code: 404, .. } => "NotFound",
            Answer::Refused { code: 413, .. } => "TooLarge",
            Answer::Refused { code: 422, .. } => "Invalid",
            Answer::Refused { code: 429, .. } => "TooManyRequests",
            Answer::Refused { .. } => "ServerError",
            Answer::Terminating => "NamespaceTerminating",
            Answer::Unreachable => "Unreachable",
            Answer::Timeout => "Timeout",
            Answer::Unreadable => "Unreadable",
        }
    }

    /// Returns what the error means for the next try.
    pub(crate) fn class(&self) -> Class {
        match &self.answer {
            Answer::Refused { webhook: Some(_), .. } => Class::Transient,
            Answer::Refused { code: 409, .. } => Class::Conflict,
            Answer::Refused { code: 413 | 422, .. } => Class::Terminal,
            Answer::Terminating => Class::Gone,
            _ => Class::Transient,
        }
    }

    /// Returns whether the object of the request does not exist.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self.answer, Answer::Refused { code: 404, .. })
    }

    /// Returns whether the API server refused this very object: another one may be fine.
    pub(crate) fn is_about_the_object(&self) -> bool {
        self.class() == Class::Terminal || self.reason() == "AdmissionDenied"
    }

    /// Returns how long the server asked to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self.answer {
            Answer::Refused { retry_after, .. } => retry_after,
            _ => None,
        }
    }
}

impl Answer {
    fn of(status: &Status) -> Self {
        let causes = status
            .details
            .as_ref()
            .map(|details| details.causes.as_slice())
            .unwrap_or_default();
        if causes.iter().any(|cause| cause.reason == "NamespaceTerminating") {
            return Self::Terminating;
        }
        let mut fields: Vec<String> = causes
            .iter()
            .map(|cause| cause.field.clone())
            .filter(|field| !field.is_empty())
            .collect();
        fields.truncate(5);
        let retry_after = status
            .details
            .as_ref()
            .map(|d| d.retry_after_seconds)
            .filter(|seconds| *seconds > 0);
        Self::Refused {
            code: status.code,
            reason: status.reason.clone(),
            webhook: webhook(&status.message),
            fields,
            retry_after: retry_after.map(|seconds| Duration::from_secs(seconds.into())),
        }
    }
}

/// Returns the webhook or policy that denied a request. Only its name: what it says after may quote
/// the object.
fn webhook(message: &str) -> Option<String> {
    let rest = message.strip_prefix("admission webhook \"")?;
    let (name, _) = rest.split_once("\" denied the request")?;
    name.chars()
        .all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))
        .then(|| name.to_owned())
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused {
                webhook: Some(webhook),
                ..
            } => write!(f, "admission webhook `{webhook}` denied it"),
            Self::Refused {
                code, reason, fields, ..
            } => {
                write!(f, "the API server answered {code} {reason}")?;
                if !fields.is_empty() {
                    write!(f, " ({})", fields.join(", "))?;
                }
                Ok(())
            }
            Self::Terminating => write!(f, "its namespace is being deleted"),
            Self::Unreachable => write!(f, "the API server cannot be reached"),
            Self::Timeout => write!(f, "the API server did not answer in time"),
            Self::Unreadable => write!(f, "the API server's answer cannot be read"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(body: serde_json::Value) -> Error {
        let status: Status = serde_json::from_value(body).unwrap();
        Error::api("create", "Secret ns/name", &kube::Error::Api(status.boxed()))
    }

    #[test]
    fn a_webhook_that_quotes_the_secret_does_not_get_it_into_the_message() {
        let error = refused(json!({
            "code": 400, "reason": "BadRequest",
            "message": "admission webhook \"policy.example\" denied the request: password hunter2 is too short",
        }));
        assert_eq!(
            error.to_string(),
            "cannot create Secret ns/name: admission webhook `policy.example` denied it"
        );
        assert_eq!(
            (error.reason(), error.class()),
            ("AdmissionDenied", Class::Transient)
        );
        assert!(!format!("{error:?}").contains("hunter2"));
    }

    #[test]
    fn an_invalid_field_is_named_without_its_value() {
        let error = refused(json!({
            "code": 422, "reason": "Invalid", "message": "data[a b]: Invalid value: \"hunter2\"",
            "details": {"causes": [{"reason": "FieldValueInvalid", "message": "hunter2", "field": "data[a b]"}]},
        }));
        assert_eq!(
            error.to_string(),
            "cannot create Secret ns/name: the API server answered 422 Invalid (data[a b])"
        );
        assert_eq!(error.class(), Class::Terminal);
        assert!(!format!("{error:?}").contains("hunter2"));
    }

    #[test]
    fn a_namespace_that_is_being_deleted_is_no_reason_to_retry() {
        let error = refused(json!({
            "code": 403, "reason": "Forbidden", "message": "…",
            "details": {"causes": [{"reason": "NamespaceTerminating", "message": "…", "field": "metadata.namespace"}]},
        }));
        assert_eq!(error.class(), Class::Gone);
    }

    #[test]
    fn outages_throttling_and_missing_rights_are_retried() {
        for code in [401, 403, 404, 429, 500, 503] {
            assert_eq!(refused(json!({"code": code})).class(), Class::Transient, "{code}");
        }
        assert_eq!(refused(json!({"code": 409})).class(), Class::Conflict);
        assert_eq!(Error::timeout("read", "Secret ns/name").class(), Class::Transient);
    }

    #[test]
    fn the_wait_that_a_throttling_server_asks_for_is_known() {
        let error = refused(json!({"code": 429, "details": {"retryAfterSeconds": 7}}));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    }
}
