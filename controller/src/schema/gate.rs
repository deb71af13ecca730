//! Whether a Database may be looked at, before anything is asked of it. Pure.

use std::time::Duration;

use api::database::DatabaseSpec;
use api::names;
use schema::plan::{HazardCode, Policy};

use super::annotation;
use super::found::{Class, Refusal};
use super::observe::Observed;
use crate::duration;

/// How long nothing must change before a plan, where the Database doesn't say.
const WINDOW: Duration = Duration::from_secs(1);
/// The longest that changes which keep coming may put a plan off, where the Database doesn't say.
const LONGEST: Duration = Duration::from_secs(10);

/// How long to wait for changes to come to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Time without a change.
    pub(super) quiet: Duration,
    /// Time after which a plan is made although changes still come; `None` for never.
    pub(super) longest: Option<Duration>,
}

/// Returns the window of a Database. One that can't be read is the default: [`policy`] refuses it.
pub(super) fn window(spec: Option<&DatabaseSpec>) -> Window {
    let declared = spec
        .and_then(|spec| spec.batch_window.as_deref())
        .and_then(|text| duration::parse(text).ok());
    match declared {
        Some(quiet) => Window { quiet, longest: None },
        None => Window {
            quiet: WINDOW,
            longest: Some(LONGEST),
        },
    }
}

/// Returns what the plans of a Database may do.
///
/// # Errors
/// Why it is not looked at: it is paused, or one of its annotations or fields can't be read.
pub(super) fn policy(observed: &Observed) -> Result<Policy, Refusal> {
    let Some(database) = &observed.database else {
        let message = format!("there is no Database `{}` in this namespace", observed.key.1);
        return Err(Refusal::new(Class::Waiting, "DatabaseMissing", message));
    };
    let metadata = &database.metadata;
    if annotation(metadata, names::PAUSED) == Some("true") {
        let message = format!(
            "the annotation `{}` says so; nothing is planned or run until it is gone",
            names::PAUSED
        );
        return Err(Refusal::new(Class::Waiting, "Paused", message));
    }
    if let Some(text) = &database.spec.batch_window
        && let Err(problem) = duration::parse(text)
    {
        let message = format!("spec.batchWindow: {problem}");
        return Err(Refusal::new(Class::Permanent, "InvalidSpec", message));
    }
    let Some(codes) = annotation(metadata, names::ALLOW) else {
        return Ok(Policy {
            deleted_allows_drop: true,
            ..Policy::default()
        });
    };
    let mut policy = Policy {
        deleted_allows_drop: true,
        ..Policy::default()
    };
    for code in codes.split(',').map(str::trim).filter(|code| !code.is_empty()) {
        if code == "all" {
            policy.allow.extend(HazardCode::ALL);
            continue;
        }
        let code: HazardCode = code.parse().map_err(|problem| {
            let message = format!("annotation `{}`: {problem}", names::ALLOW);
            Refusal::new(Class::Permanent, "InvalidAnnotation", message)
        })?;
        policy.allow.insert(code);
    }
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use super::super::decide::fixtures::{Annotate as _, observed};
    use super::*;

    fn reason(observed: &Observed) -> (&'static str, Class) {
        let refusal = policy(observed).unwrap_err();
        (refusal.reason, refusal.class)
    }

    #[test]
    fn hazards_are_allowed_by_name_or_all_of_them() {
        let allowed = |text: &str| policy(&observed().database(|d| d.annotate(names::ALLOW, text)).build());
        assert_eq!(allowed("deletes-data, converts-data,").unwrap().allow.len(), 2);
        assert_eq!(allowed("all").unwrap().allow.len(), HazardCode::ALL.len());
        let refused = allowed("deletes-data,everything").unwrap_err();
        assert_eq!(refused.class, Class::Permanent);
        assert!(refused.message.contains("`everything`"), "{}", refused.message);
    }

    #[test]
    fn deleting_by_declaration_is_allowed_from_the_start_and_nothing_else() {
        let policy = policy(&observed().build()).unwrap();
        assert!(policy.deleted_allows_drop && policy.allow.is_empty());
    }

    #[test]
    fn a_paused_database_waits_and_a_missing_one_too() {
        let paused = observed().database(|d| d.annotate(names::PAUSED, "true")).build();
        assert_eq!(reason(&paused), ("Paused", Class::Waiting));
        let other = observed()
            .database(|d| d.annotate(names::PAUSED, "false"))
            .build();
        assert!(policy(&other).is_ok());
        assert_eq!(
            reason(&observed().without_database().build()),
            ("DatabaseMissing", Class::Waiting)
        );
    }

    #[test]
    fn a_window_that_is_no_duration_is_told_and_the_default_is_bounded() {
        let odd = observed()
            .database(|d| d.spec.batch_window = Some("soon".into()))
            .build();
        assert_eq!(reason(&odd), ("InvalidSpec", Class::Permanent));
        assert_eq!(window(None).longest, Some(LONGEST));
        let spec = DatabaseSpec {
            batch_window: Some("2m".into()),
            ..DatabaseSpec::default()
        };
        assert_eq!(
            window(Some(&spec)),
            Window {
                quiet: Duration::from_mins(2),
                longest: None
            }
        );
    }
}
