//! The one engine of a connection and its fields, each as it was declared.

use std::fmt;

use super::{DatabaseConnection, MysqlConnection, PostgresConnection, SqliteConnection, ValueOrValueFrom};

/// A connection as a list of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredConnection<'a> {
    /// The key of the engine under `spec.connection`, of an engine that is not served too.
    pub engine: &'static str,
    /// The names and values of the fields that are present; none for engines that are not served.
    pub fields: Vec<(&'static str, Field<'a>)>,
    /// The names of fields that are present and have no effect.
    pub ignored: Vec<&'static str>,
}

/// A field as it was declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field<'a> {
    /// A text.
    Text(&'a str),
    /// A text, or the place of one.
    Value(&'a ValueOrValueFrom),
    /// A switch.
    Flag(bool),
    /// A number.
    Number(u32),
}

/// A connection that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionProblem {
    /// It names no engine.
    NoEngine,
    /// It names several.
    SeveralEngines(Vec<&'static str>),
}

impl fmt::Display for ConnectionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEngine => f.write_str("it names no engine"),
            Self::SeveralEngines(engines) => {
                write!(f, "it names {} engines: {}", engines.len(), engines.join(", "))
            }
        }
    }
}

impl std::error::Error for ConnectionProblem {}

impl DatabaseConnection {
    /// Returns the engine and its fields, nothing read from anywhere.
    ///
    /// # Errors
    /// [`ConnectionProblem`] when no engine is given, or several.
    pub fn declared(&self) -> Result<DeclaredConnection<'_>, ConnectionProblem> {
        let engine = match self.engines().as_slice() {
            [] => return Err(ConnectionProblem::NoEngine),
            [engine] => *engine,
            engines => return Err(ConnectionProblem::SeveralEngines(engines.to_vec())),
        };
        let (mut fields, mut ignored) = (Vec::new(), Vec::new());
        match engine {
            "postgres" => fields.extend(self.postgres.iter().flat_map(postgres)),
            "mysql" => {
                fields.extend(self.mysql.iter().flat_map(mysql));
                ignored.extend(self.mysql.iter().flat_map(mysql_ignored));
            }
            "sqlite" => fields.extend(self.sqlite.iter().map(sqlite)),
            _ => {}
        }
        Ok(DeclaredConnection {
            engine,
            fields,
            ignored,
        })
    }
}

fn values<'a, const N: usize>(
    fields: [(&'static str, &'a Option<ValueOrValueFrom>); N],
) -> impl Iterator<Item = (&'static str, Field<'a>)> {
    fields
        .into_iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| (name, Field::Value(value))))
}

fn postgres(connection: &PostgresConnection) -> Vec<(&'static str, Field<'_>)> {
    let timeout = connection.connect_timeout;
    values([
        ("uri", &connection.uri),
        ("host", &connection.host),
        ("port", &connection.port),
        ("user", &connection.user),
        ("password", &connection.password),
        ("dbname", &connection.dbname),
        ("sslmode", &connection.sslmode),
        ("schema", &connection.schema),
        ("ca", &connection.ca),
        ("clientCertificate", &connection.client_certificate),
        ("clientKey", &connection.client_key),
    ])
    .chain(timeout.map(|seconds| ("connectTimeout", Field::Number(seconds))))
    .collect()
}

fn mysql(connection: &MysqlConnection) -> Vec<(&'static str, Field<'_>)> {
    let (plain, timeout) = (connection.disable_tls, connection.connect_timeout);
    values([
        ("uri", &connection.uri),
        ("host", &connection.host),
        ("port", &connection.port),
        ("user", &connection.user),
        ("password", &connection.password),
        ("dbname", &connection.dbname),
        ("sslmode", &connection.sslmode),
        ("ca", &connection.ca),
        ("clientCertificate", &connection.client_certificate),
        ("clientKey", &connection.client_key),
    ])
    .chain(plain.map(|plain| ("disableTLS", Field::Flag(plain))))
    .chain(timeout.map(|seconds| ("connectTimeout", Field::Number(seconds))))
    .collect()
}

/// SchemaHero alters the database to these; here a table has what it declares.
fn mysql_ignored(connection: &MysqlConnection) -> impl Iterator<Item = &'static str> {
    [
        ("defaultCharset", connection.default_charset.is_some()),
        ("collation", connection.collation.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, present)| present.then_some(name))
}

fn sqlite(connection: &SqliteConnection) -> (&'static str, Field<'_>) {
    ("dsn", Field::Text(&connection.dsn))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn connection(value: serde_json::Value) -> DatabaseConnection {
        serde_json::from_value(value).unwrap()
    }

    fn names<'a>(declared: &DeclaredConnection<'a>) -> Vec<&'a str> {
        declared.fields.iter().map(|(name, _)| *name).collect()
    }

    #[test]
    fn only_fields_that_are_present_are_listed() {
        let inline = json!({"value": "x"});
        let postgres =
            connection(json!({"postgres": {"host": inline, "clientKey": inline, "connectTimeout": 3}}));
        let declared = postgres.declared().unwrap();
        assert_eq!(declared.engine, "postgres");
        assert_eq!(names(&declared), ["host", "clientKey", "connectTimeout"]);
        assert_eq!(declared.fields[2].1, Field::Number(3));
        let mysql =
            connection(json!({"mysql": {"host": inline, "disableTLS": true, "collation": "utf8mb4_bin"}}));
        let declared = mysql.declared().unwrap();
        assert_eq!(names(&declared), ["host", "disableTLS"]);
        assert_eq!(declared.ignored, ["collation"]);
        let sqlite = connection(json!({"sqlite": {"dsn": "a.db"}}));
        assert_eq!(sqlite.declared().unwrap().fields, [("dsn", Field::Text("a.db"))]);
    }

    #[test]
    fn one_engine_is_to_be_named_served_or_not() {
        assert_eq!(connection(json!({})).declared(), Err(ConnectionProblem::NoEngine));
        let two = connection(json!({"sqlite": {"dsn": "a"}, "postgres": {}}));
        assert_eq!(
            two.declared().unwrap_err().to_string(),
            "it names 2 engines: postgres, sqlite"
        );
        let other = connection(json!({"timescaledb": {"uri": {"value": "x"}}}));
        let declared = other.declared().unwrap();
        assert_eq!((declared.engine, declared.fields.len()), ("timescaledb", 0));
    }
}
