//! Databases, their Tables and their Migrations: `scope` watches, one `actor` a Database looks at the
//! database (`look`), `decide` has the rules, `act` and `execute` have the effects.
//!
//! What ran is known from the journal in the database alone. Statuses follow it, never the other way.

mod act;
mod actor;
mod connection;
mod context;
mod decide;
mod echoes;
mod execute;
mod found;
mod gate;
mod lead;
mod look;
mod observe;
mod pass;
mod progress;
mod run;
mod scope;
mod status;

pub(crate) use run::run;

/// A Database, or the name of one, by namespace and name.
type Key = (String, String);

/// Returns the namespace and name of an object.
fn key(metadata: &k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta) -> Key {
    (
        metadata.namespace.clone().unwrap_or_default(),
        metadata.name.clone().unwrap_or_default(),
    )
}

/// Returns an annotation of an object, without white space around it; `None` if it is absent or empty.
fn annotation<'a>(
    metadata: &'a k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta,
    name: &str,
) -> Option<&'a str> {
    let value = metadata.annotations.as_ref()?.get(name)?.trim();
    (!value.is_empty()).then_some(value)
}
