//! From `spec.connection` of a Database to an address.

use std::collections::BTreeMap;

use api::database::{ConnectionProblem, Field, Source, ValueOrValueFrom};
use migrate::{DatabaseUrl, FieldsError};
use zeroize::Zeroizing;

use super::secrets::Secrets;
use crate::error::CommandError;
use crate::printer::Printer;
use crate::tables::DatabaseManifest;

const CONNECTION: &str = "spec.connection";

/// Returns the address that a Database gives.
///
/// # Errors
/// When no engine is given, or several, or one that is not served; when a value cannot be had or the address cannot
/// be read. The message names the field.
pub(super) fn url(
    manifest: &DatabaseManifest,
    namespace: &str,
    secrets: &mut Secrets<'_>,
    printer: &Printer,
) -> Result<DatabaseUrl, CommandError> {
    let mut reader = Reader {
        manifest,
        namespace,
        secrets,
    };
    let Some(connection) = &manifest.object.spec.connection else {
        return Err(reader.error(CONNECTION, "it is missing").hint(HOW));
    };
    let declared = connection.declared().map_err(|problem| {
        reader
            .error(CONNECTION, &problem.to_string())
            .hint(match problem {
                ConnectionProblem::NoEngine => HOW,
                ConnectionProblem::SeveralEngines(_) => "leave one of them",
            })
    })?;
    let at = format!("{CONNECTION}.{}", declared.engine);
    let mut fields = BTreeMap::new();
    for (name, field) in declared.fields {
        let value = match field {
            Field::Text(text) => Some(Zeroizing::new(text.to_owned())),
            Field::Flag(flag) => Some(Zeroizing::new(flag.to_string())),
            Field::Number(number) => Some(Zeroizing::new(number.to_string())),
            Field::Value(value) => reader.value(&format!("{at}.{name}"), value)?,
        };
        fields.extend(value.map(|value| (name, value)));
    }
    for name in declared.ignored {
        let field = format!("{at}.{name}");
        printer.warning(&format!("{}: {field} has no effect", reader.place(&field)));
    }
    DatabaseUrl::from_fields(declared.engine, &fields).map_err(|error| match error {
        FieldsError::UnsupportedEngine { .. } => reader
            .error(&at, &error.to_string())
            .hint(format!("the engines that are served are {}", served())),
        FieldsError::Field { field: None, problem } => reader.error(&at, &problem),
        FieldsError::Field {
            field: Some(name),
            problem,
        } => reader.error(&format!("{at}.{name}"), &problem),
    })
}

const HOW: &str = "give `postgres` or `mysql` with a `uri`, or `sqlite` with a `dsn`";

/// The engines as people list them: "postgres, mysql and sqlite".
fn served() -> String {
    let engines = migrate::served_engines();
    match engines.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => engines.concat(),
    }
}

struct Reader<'a, 'b> {
    manifest: &'a DatabaseManifest,
    namespace: &'a str,
    secrets: &'a mut Secrets<'b>,
}

impl Reader<'_, '_> {
    /// Reads a value; `None` if it is absent.
    fn value(
        &mut self,
        field: &str,
        value: &ValueOrValueFrom,
    ) -> Result<Option<Zeroizing<String>>, CommandError> {
        match value.source() {
            Source::Absent => Ok(None),
            Source::Inline(text) => Ok(Some(Zeroizing::new(text.to_owned()))),
            Source::Secret(reference) => {
                let field = format!("{field}.valueFrom.secretKeyRef");
                let place = self.place(&field);
                self.secrets
                    .value(self.namespace, reference)
                    .map(Some)
                    .map_err(|error| error.context(format!("{place}: {field}: the value can't be had")))
            }
            Source::NotServed(source) => {
                let field = format!("{field}.valueFrom.{source}");
                let problem = "this source of values is not served by this version";
                Err(self.error(&field, problem).hint(
                    "use `secretKeyRef`, or give the connection with --database-url-file or CHANCERY_DATABASE_URL",
                ))
            }
        }
    }

    fn error(&self, field: &str, problem: &str) -> CommandError {
        CommandError::message(format!("{}: {field}: {problem}", self.place(field)))
    }

    fn place(&self, field: &str) -> manifests::documents::Place {
        let document = &self.manifest.document;
        let mut place = document.place();
        place.line = document.line_of(field).unwrap_or(place.line);
        place
    }
}
