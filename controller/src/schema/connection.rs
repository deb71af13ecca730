//! From `spec.connection` of a Database to an address. Its Secrets are read anew each time, and nothing
//! of them is kept.

use std::collections::BTreeMap;

use api::database::{Database, Field, SecretKeyRef, Source};
use k8s_openapi::api::core::v1::Secret;
use kube::api::Api;
use migrate::{DatabaseUrl, FieldsError};
use zeroize::Zeroizing;

use super::context::SchemaContext;
use super::found::{Class, Refusal};
use crate::context::request;
use crate::error::Error;

/// Returns the address of a Database.
///
/// # Errors
/// The outer one is the API server's, when it could not be asked. The inner one says what is missing or
/// wrong in the Database or in one of its Secrets, by field, without any value.
pub(super) async fn url(
    context: &SchemaContext,
    namespace: &str,
    database: &Database,
) -> Result<Result<DatabaseUrl, Refusal>, Error> {
    let invalid = |problem: String| {
        let message = format!("spec.connection: {problem}");
        Refusal::new(Class::Permanent, "InvalidConnection", message)
    };
    let Some(connection) = &database.spec.connection else {
        let problem = "it is missing; give `postgres` with a `uri`, for example";
        return Ok(Err(invalid(problem.to_owned())));
    };
    let declared = match connection.declared() {
        Ok(declared) => declared,
        Err(problem) => return Ok(Err(invalid(problem.to_string()))),
    };
    let mut fields: BTreeMap<&'static str, Zeroizing<String>> = BTreeMap::new();
    for (name, field) in declared.fields {
        let path = format!("spec.connection.{}.{name}", declared.engine);
        let text = match field {
            Field::Text(text) => Zeroizing::new(text.to_owned()),
            Field::Flag(flag) => Zeroizing::new(flag.to_string()),
            Field::Number(number) => Zeroizing::new(number.to_string()),
            Field::Value(value) => match value.source() {
                Source::Absent => continue,
                Source::Inline(text) => Zeroizing::new(text.to_owned()),
                Source::Secret(reference) => match secret(context, namespace, reference).await? {
                    Ok(text) => text,
                    Err(problem) => {
                        let message = format!("{path}.valueFrom.secretKeyRef: {problem}");
                        return Ok(Err(Refusal::new(Class::Transient, "SecretMissing", message)));
                    }
                },
                Source::NotServed(source) => {
                    let message = format!(
                        "{path}.valueFrom.{source}: this source of values is not served; use `secretKeyRef`"
                    );
                    return Ok(Err(Refusal::new(Class::Permanent, "UnsupportedSource", message)));
                }
            },
        };
        fields.insert(name, text);
    }
    Ok(
        DatabaseUrl::from_fields(declared.engine, &fields).map_err(|error| match &error {
            FieldsError::UnsupportedEngine { .. } => Refusal::new(
                Class::Permanent,
                "UnsupportedEngine",
                format!("spec.connection: {error}"),
            ),
            FieldsError::Field { .. } => {
                let message = format!("spec.connection.{}: {error}", declared.engine);
                Refusal::new(Class::Permanent, "InvalidConnection", message)
            }
        }),
    )
}

/// Returns a value of a Secret, or why there is none.
async fn secret(
    context: &SchemaContext,
    namespace: &str,
    reference: &SecretKeyRef,
) -> Result<Result<Zeroizing<String>, String>, Error> {
    let SecretKeyRef { name, key } = reference;
    let object = format!("Secret {namespace}/{name}");
    let api: Api<Secret> = Api::namespaced(context.client.clone(), namespace);
    let Some(secret) = request("read", &object, api.get_opt(name)).await? else {
        return Ok(Err(format!("there is no Secret `{name}` in this namespace")));
    };
    Ok(manifests::secret_text(secret, key).map_err(|problem| format!("Secret `{name}` {problem}")))
}
