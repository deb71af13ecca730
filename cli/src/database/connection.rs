//! From `spec.connection` of a Database to an address.

use api::database::{PostgresConnection, SqliteConnection, ValueOrValueFrom};
use migrate::{DatabaseUrl, DatabaseUrlError, ServerParts, add_parameter};
use zeroize::Zeroizing;

use super::secrets::Secrets;
use crate::error::CommandError;
use crate::tables::DatabaseManifest;

/// Returns the address that a Database gives.
///
/// # Errors
/// When no engine is given, or several, or one that is not served; when a value cannot be had or the address cannot
/// be read. The message names the field.
pub(super) fn url(
    manifest: &DatabaseManifest,
    namespace: &str,
    secrets: &mut Secrets<'_>,
) -> Result<DatabaseUrl, CommandError> {
    let mut reader = Reader {
        manifest,
        namespace,
        secrets,
    };
    let Some(connection) = &manifest.object.spec.connection else {
        return Err(reader.error("spec.connection", "it is missing").hint(HOW));
    };
    match connection.engines().as_slice() {
        [] => Err(reader.error("spec.connection", "it names no engine").hint(HOW)),
        ["postgres"] => reader.postgres(connection.postgres.as_ref()),
        ["sqlite"] => reader.sqlite(connection.sqlite.as_ref()),
        [engine] => Err(reader
            .error(
                &format!("spec.connection.{engine}"),
                &format!("the engine `{engine}` is not served by this version"),
            )
            .hint("the engines that are served are postgres and sqlite")),
        engines => Err(reader
            .error(
                "spec.connection",
                &format!("it names {} engines: {}", engines.len(), engines.join(", ")),
            )
            .hint("leave one of them")),
    }
}

const HOW: &str = "give `postgres` with a `uri`, or `sqlite` with a `dsn`";

struct Reader<'a, 'b> {
    manifest: &'a DatabaseManifest,
    namespace: &'a str,
    secrets: &'a mut Secrets<'b>,
}

impl Reader<'_, '_> {
    fn postgres(&mut self, connection: Option<&PostgresConnection>) -> Result<DatabaseUrl, CommandError> {
        const AT: &str = "spec.connection.postgres";
        let Some(connection) = connection else {
            return Err(self.error(AT, "it is missing"));
        };
        let schema = self.value(&format!("{AT}.schema"), connection.schema.as_ref())?;
        if let Some(mut uri) = self.value(&format!("{AT}.uri"), connection.uri.as_ref())? {
            if let Some(schema) = schema {
                add_parameter(&mut uri, "schema", &schema);
            }
            return self.parsed(&format!("{AT}.uri"), DatabaseUrl::parse(&uri), "postgres");
        }
        let Some(host) = self.value(&format!("{AT}.host"), connection.host.as_ref())? else {
            return Err(self.error(AT, "neither `uri` nor `host` is given"));
        };
        let mut read = |name: &str, value: &Option<ValueOrValueFrom>| {
            self.value(&format!("{AT}.{name}"), value.as_ref())
        };
        let mut parts = ServerParts {
            host: host.to_string(),
            port: read("port", &connection.port)?.map(|port| port.to_string()),
            user: read("user", &connection.user)?.map(|user| user.to_string()),
            password: read("password", &connection.password)?,
            database: read("dbname", &connection.dbname)?.map(|name| name.to_string()),
            parameters: Vec::new(),
        };
        if let Some(mode) = read("sslmode", &connection.sslmode)? {
            parts.parameters.push(("sslmode", mode.to_string()));
        }
        if let Some(schema) = schema {
            parts.parameters.push(("schema", schema.to_string()));
        }
        self.parsed(AT, DatabaseUrl::parse(&parts.to_url("postgres")), "postgres")
    }

    fn sqlite(&self, connection: Option<&SqliteConnection>) -> Result<DatabaseUrl, CommandError> {
        let dsn = connection
            .map(|connection| connection.dsn.as_str())
            .unwrap_or_default();
        self.parsed(
            "spec.connection.sqlite.dsn",
            DatabaseUrl::from_sqlite_dsn(dsn),
            "sqlite",
        )
    }

    fn parsed(
        &self,
        field: &str,
        url: Result<DatabaseUrl, DatabaseUrlError>,
        engine: &str,
    ) -> Result<DatabaseUrl, CommandError> {
        let url = url.map_err(|error| self.error(field, &error.to_string()))?;
        if url.engine().as_str() == engine {
            return Ok(url);
        }
        Err(self.error(
            field,
            &format!(
                "a `{engine}` connection can't have the URL of a `{}` database",
                url.engine()
            ),
        ))
    }

    /// Reads a value; `None` if it is absent or empty. As SchemaHero does, a value that stands in the manifest wins.
    fn value(
        &mut self,
        field: &str,
        value: Option<&ValueOrValueFrom>,
    ) -> Result<Option<Zeroizing<String>>, CommandError> {
        let Some(value) = value else { return Ok(None) };
        if let Some(inline) = value.value.as_ref().filter(|inline| !inline.is_empty()) {
            return Ok(Some(Zeroizing::new(inline.clone())));
        }
        let Some(from) = &value.value_from else {
            return Ok(None);
        };
        if let Some(reference) = &from.secret_key_ref {
            let field = format!("{field}.valueFrom.secretKeyRef");
            let place = self.place(&field);
            return self
                .secrets
                .value(self.namespace, reference)
                .map(Some)
                .map_err(|error| error.context(format!("{place}: {field}: the value can't be had")));
        }
        let source = match (&from.vault, &from.ssm) {
            (Some(_), _) => "vault",
            (None, Some(_)) => "ssm",
            (None, None) => return Ok(None),
        };
        let field = format!("{field}.valueFrom.{source}");
        Err(self
            .error(&field, "this source of values is not served by this version")
            .hint("use `secretKeyRef`, or give the connection with --database-url-file or CHANCERY_DATABASE_URL"))
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
